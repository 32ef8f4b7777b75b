import { bool, int64 } from '../fields.js';
import { anyToken, defineOperation, pageQuery } from '../operation.js';
import { WorkerHealthState, WorkerRole, WorkerStatus, WorkerSummary } from '../models/workers.js';

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
} as const;
