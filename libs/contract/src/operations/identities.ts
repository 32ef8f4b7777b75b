import { int64 } from '../fields.js';
import { anyToken, defineOperation, pageQuery } from '../operation.js';
import { IdentityResponse, IdentitySummary } from '../models/identities.js';

export const identityOperations = {
  listIdentities: defineOperation({
    operationId: 'listIdentities',
    method: 'GET',
    path: '/api/v1/identities',
    summary: 'Lists identities by login',
    auth: anyToken,
    permission: 'identities:read',
    query: pageQuery,
    success: { status: 200, shape: 'paginated', model: IdentitySummary },
    errors: [400, 401, 403],
  }),
  getIdentity: defineOperation({
    operationId: 'getIdentity',
    method: 'GET',
    path: '/api/v1/identities/{id}',
    summary: 'Reads an identity with its roles and permission sets',
    auth: anyToken,
    permission: 'identities:read',
    params: { id: int64() },
    success: { status: 200, shape: 'data', model: IdentityResponse },
    errors: [400, 401, 403, 404],
  }),
} as const;
