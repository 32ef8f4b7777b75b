import { z } from 'zod';
import { capped, int64, text, timestamp } from '../fields.js';
import { anyToken, defineOperation, pageNumber } from '../operation.js';
import { HistoryRecordResponse } from '../models/history.js';

const historyQuery = {
  entity_id: int64().optional(),
  entity_ref: text().optional(),
  operation: z.enum(['INSERT', 'UPDATE', 'DELETE']).optional(),
  changed_field: text().optional(),
  since: timestamp().optional(),
  until: timestamp().optional(),
  page: pageNumber(),
  page_size: capped(50, 1000),
};

export const historyOperations = {
  listHistory: defineOperation({
    operationId: 'listHistory',
    method: 'GET',
    path: '/api/v1/history/{entity_type}',
    summary: 'Lists recorded changes, newest first',
    auth: anyToken,
    permission: 'executions:read',
    orPermission: 'workers:read',
    params: { entity_type: z.enum(['execution', 'worker']) },
    query: historyQuery,
    success: { status: 200, shape: 'paginated', model: HistoryRecordResponse },
    errors: [400, 401, 403],
  }),
  listExecutionHistory: defineOperation({
    operationId: 'listExecutionHistory',
    method: 'GET',
    path: '/api/v1/executions/{id}/history',
    summary: 'Lists recorded changes of an execution',
    auth: anyToken,
    permission: 'executions:read',
    params: { id: int64() },
    query: historyQuery,
    success: { status: 200, shape: 'paginated', model: HistoryRecordResponse },
    errors: [400, 401, 403],
  }),
  listWorkerHistory: defineOperation({
    operationId: 'listWorkerHistory',
    method: 'GET',
    path: '/api/v1/workers/{id}/history',
    summary: 'Lists recorded changes of a worker',
    auth: anyToken,
    permission: 'workers:read',
    params: { id: int64() },
    query: historyQuery,
    success: { status: 200, shape: 'paginated', model: HistoryRecordResponse },
    errors: [400, 401, 403],
  }),
} as const;
