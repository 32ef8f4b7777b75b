import { bool, int64 } from '../fields.js';
import { anyToken, defineOperation, pageQuery } from '../operation.js';
import { CordonWorkerRequest, WorkerHealthState, WorkerRole, WorkerStatus, WorkerSummary } from '../models/workers.js';

export const workerOperations = {
  listWorkers: defineOperation({
    operationId: 'listWorkers',
    method: 'GET',
    path: '/api/v1/workers',
    summary: 'Lists workers by name',
    auth: anyToken,
    permission: 'workers:read',
    query: {
      ...pageQuery,
      role: WorkerRole.optional(),
      status: WorkerStatus.optional(),
      cordoned: bool().optional(),
      health_state: WorkerHealthState.optional(),
    },
    success: { status: 200, shape: 'paginated', model: WorkerSummary },
    errors: [400, 401, 403],
  }),
  getWorker: defineOperation({
    operationId: 'getWorker',
    method: 'GET',
    path: '/api/v1/workers/{id}',
    summary: 'Reads a worker and its load',
    auth: anyToken,
    permission: 'workers:read',
    params: { id: int64() },
    success: { status: 200, shape: 'raw', model: WorkerSummary },
    errors: [400, 401, 403, 404],
  }),
  cordonWorker: defineOperation({
    operationId: 'cordonWorker',
    method: 'POST',
    path: '/api/v1/workers/{id}/cordon',
    summary: 'Keeps new work away from a worker; what it runs goes on',
    auth: anyToken,
    permission: 'workers:manage',
    params: { id: int64() },
    body: CordonWorkerRequest,
    success: { status: 200, shape: 'raw', model: WorkerSummary },
    errors: [400, 401, 403, 404, 413, 415, 422],
  }),
  uncordonWorker: defineOperation({
    operationId: 'uncordonWorker',
    method: 'POST',
    path: '/api/v1/workers/{id}/uncordon',
    summary: 'Gives a cordoned worker new work again',
    auth: anyToken,
    permission: 'workers:manage',
    params: { id: int64() },
    success: { status: 200, shape: 'raw', model: WorkerSummary },
    errors: [400, 401, 403, 404],
  }),
} as const;
