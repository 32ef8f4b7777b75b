import { bool, capped, int64, text } from '../fields.js';
import { anyToken, defineOperation, pageNumber, pageQuery } from '../operation.js';
import { EnforcementResponse, EnforcementStatus, EnforcementSummary } from '../models/enforcements.js';
import { ExecutionSummary } from '../models/executions.js';

export const enforcementOperations = {
  listEnforcements: defineOperation({
    operationId: 'listEnforcements',
    method: 'GET',
    path: '/api/v1/enforcements',
    summary: 'Lists enforcements, newest first',
    auth: anyToken,
    permission: 'enforcements:read',
    orPermission: 'rules:read',
    query: {
      rule: int64().optional(),
      event: int64().optional(),
      status: EnforcementStatus.optional(),
      trigger_ref: text().optional(),
      rule_ref: text().optional(),
      include_total: bool().default(false),
      page: pageNumber(),
      per_page: capped(50, 1000),
    },
    success: { status: 200, shape: 'paginated', model: EnforcementSummary },
    errors: [400, 401, 403],
  }),
  getEnforcement: defineOperation({
    operationId: 'getEnforcement',
    method: 'GET',
    path: '/api/v1/enforcements/{id}',
    summary: 'Reads an enforcement',
    auth: anyToken,
    permission: 'enforcements:read',
    params: { id: int64() },
    query: {
      include_secret_values: bool().default(false),
    },
    success: { status: 200, shape: 'data', model: EnforcementResponse },
    errors: [400, 401, 403, 404, 500],
  }),
  listEnforcementExecutions: defineOperation({
    operationId: 'listEnforcementExecutions',
    method: 'GET',
    path: '/api/v1/enforcements/{enforcement_id}/executions',
    summary: 'Lists the executions an enforcement started',
    auth: anyToken,
    permission: 'executions:read',
    params: { enforcement_id: int64() },
    query: pageQuery,
    success: { status: 200, shape: 'paginated', model: ExecutionSummary },
    errors: [400, 401, 403],
  }),
} as const;
