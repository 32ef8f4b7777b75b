import { SuccessResponse } from '../envelopes.js';
import { int64, list } from '../fields.js';
import { anyToken, defineOperation } from '../operation.js';
import {
  CreateIntegrationTokenRequest,
  CreateIntegrationTokenResponse,
  IntegrationTokenResponse,
  RevokeIntegrationTokenRequest,
} from '../models/integration-tokens.js';

export const integrationTokenOperations = {
  listIntegrationTokens: defineOperation({
    operationId: 'listIntegrationTokens',
    method: 'GET',
    path: '/api/v1/identities/{id}/integration-tokens',
    summary: 'Lists the integration tokens of an identity, newest first',
    auth: anyToken,
    permission: 'identities:read',
    params: { id: int64() },
    success: { status: 200, shape: 'data', model: list(IntegrationTokenResponse) },
    errors: [400, 401, 403, 404],
  }),
  createIntegrationToken: defineOperation({
    operationId: 'createIntegrationToken',
    method: 'POST',
    path: '/api/v1/identities/{id}/integration-tokens',
    summary: 'Makes an integration token; its text is shown this once',
    auth: anyToken,
    permission: 'identities:update',
    params: { id: int64() },
    body: CreateIntegrationTokenRequest,
    success: { status: 201, shape: 'data', model: CreateIntegrationTokenResponse },
    errors: [400, 401, 403, 404, 413, 415, 422],
  }),
  revokeIntegrationToken: defineOperation({
    operationId: 'revokeIntegrationToken',
    method: 'POST',
    path: '/api/v1/identities/{id}/integration-tokens/{token_id}/revoke',
    summary: 'Makes an integration token useless, and keeps it listed',
    auth: anyToken,
    permission: 'identities:update',
    params: { id: int64(), token_id: int64() },
    body: RevokeIntegrationTokenRequest,
    success: { status: 200, shape: 'data', model: IntegrationTokenResponse },
    errors: [400, 401, 403, 404, 413, 415, 422],
  }),
  deleteIntegrationToken: defineOperation({
    operationId: 'deleteIntegrationToken',
    method: 'DELETE',
    path: '/api/v1/identities/{id}/integration-tokens/{token_id}',
    summary: 'Deletes an integration token',
    auth: anyToken,
    permission: 'identities:update',
    params: { id: int64(), token_id: int64() },
    success: { status: 200, shape: 'data', model: SuccessResponse },
    errors: [400, 401, 403, 404],
  }),
} as const;
