import { text } from '../fields.js';
import { anyToken, defineOperation, pageQuery } from '../operation.js';
import { RuntimeResponse, RuntimeSummary } from '../models/runtimes.js';

export const runtimeOperations = {
  listRuntimes: defineOperation({
    operationId: 'listRuntimes',
    method: 'GET',
    path: '/api/v1/runtimes',
    summary: 'Lists runtimes by ref',
    auth: anyToken,
    permission: 'runtimes:read',
    query: pageQuery,
    success: { status: 200, shape: 'paginated', model: RuntimeSummary },
    errors: [400, 401, 403],
  }),
  getRuntime: defineOperation({
    operationId: 'getRuntime',
    method: 'GET',
    path: '/api/v1/runtimes/{ref}',
    summary: 'Reads a runtime',
    auth: anyToken,
    permission: 'runtimes:read',
    params: { ref: text() },
    success: { status: 200, shape: 'data', model: RuntimeResponse },
    errors: [401, 403, 404],
  }),
  listPackRuntimes: defineOperation({
    operationId: 'listPackRuntimes',
    method: 'GET',
    path: '/api/v1/packs/{pack_ref}/runtimes',
    summary: 'Lists the runtimes of a pack',
    auth: anyToken,
    permission: 'runtimes:read',
    params: { pack_ref: text() },
    query: pageQuery,
    success: { status: 200, shape: 'paginated', model: RuntimeSummary },
    errors: [400, 401, 403, 404],
  }),
} as const;
