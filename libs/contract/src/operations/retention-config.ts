import { anyToken, defineOperation } from '../operation.js';
import { RetentionConfig } from '../models/retention-config.js';

export const retentionConfigOperations = {
  getRetentionConfig: defineOperation({
    operationId: 'getRetentionConfig',
    method: 'GET',
    path: '/api/v1/retention-config',
    summary: 'Reads how long things are kept',
    auth: anyToken,
    permission: 'retention:read',
    success: { status: 200, shape: 'data', model: RetentionConfig },
    errors: [401, 403],
  }),
  updateRetentionConfig: defineOperation({
    operationId: 'updateRetentionConfig',
    method: 'PUT',
    path: '/api/v1/retention-config',
    summary: 'Replaces how long things are kept',
    auth: anyToken,
    permission: 'retention:update',
    body: RetentionConfig,
    success: { status: 200, shape: 'data', model: RetentionConfig },
    errors: [400, 401, 403, 413, 415, 422],
  }),
} as const;
