import { text } from '../fields.js';
import { anyToken, defineOperation, pageQuery } from '../operation.js';
import { PackTestExecution, PackTestResult } from '../models/pack-tests.js';

export const packTestOperations = {
  testPack: defineOperation({
    operationId: 'testPack',
    method: 'POST',
    path: '/api/v1/packs/{ref}/test',
    summary: 'Runs the tests of a pack',
    auth: anyToken,
    permission: 'packs:configure',
    params: { ref: text() },
    success: { status: 200, shape: 'data', model: PackTestResult },
    errors: [400, 401, 403, 404, 500],
  }),
  listPackTests: defineOperation({
    operationId: 'listPackTests',
    method: 'GET',
    path: '/api/v1/packs/{ref}/tests',
    summary: 'Lists test runs of a pack, newest first',
    auth: anyToken,
    permission: 'packs:read',
    params: { ref: text() },
    query: {
      ...pageQuery,
    },
    success: { status: 200, shape: 'paginated', model: PackTestExecution },
    errors: [400, 401, 403, 404],
  }),
  getLatestPackTest: defineOperation({
    operationId: 'getLatestPackTest',
    method: 'GET',
    path: '/api/v1/packs/{ref}/tests/latest',
    summary: 'Reads the newest test run of a pack',
    auth: anyToken,
    permission: 'packs:read',
    params: { ref: text() },
    success: { status: 200, shape: 'data', model: PackTestExecution },
    errors: [401, 403, 404],
  }),
} as const;
