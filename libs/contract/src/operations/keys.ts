import { SuccessResponse } from '../envelopes.js';
import { capped, text } from '../fields.js';
import { anyToken, defineOperation, pageNumber } from '../operation.js';
import { CreateKeyRequest, KeyResponse, KeySummary, UpdateKeyRequest } from '../models/keys.js';
import { OwnerType } from '../models/permissions.js';

export const keyOperations = {
  listKeys: defineOperation({
    operationId: 'listKeys',
    method: 'GET',
    path: '/api/v1/keys',
    summary: 'Lists keys by ref, without their values',
    auth: anyToken,
    permission: 'keys:read',
    query: {
      owner_type: OwnerType.optional(),
      owner: text().optional(),
      page: pageNumber(),
      per_page: capped(50, 1000),
    },
    success: { status: 200, shape: 'paginated', model: KeySummary },
    errors: [400, 401, 403],
  }),
  createKey: defineOperation({
    operationId: 'createKey',
    method: 'POST',
    path: '/api/v1/keys',
    summary: 'Stores a key',
    auth: anyToken,
    permission: 'keys:create',
    body: CreateKeyRequest,
    success: { status: 201, shape: 'data', model: KeyResponse },
    errors: [400, 401, 403, 409, 413, 415, 422, 500],
  }),
  getKey: defineOperation({
    operationId: 'getKey',
    method: 'GET',
    path: '/api/v1/keys/{ref}',
    summary: 'Reads a key; its value needs more than that when it is encrypted',
    auth: anyToken,
    permission: 'keys:read',
    params: { ref: text() },
    success: { status: 200, shape: 'data', model: KeyResponse },
    errors: [401, 403, 404, 500],
  }),
  updateKey: defineOperation({
    operationId: 'updateKey',
    method: 'PUT',
    path: '/api/v1/keys/{ref}',
    summary: 'Changes a key',
    auth: anyToken,
    permission: 'keys:update',
    params: { ref: text() },
    body: UpdateKeyRequest,
    success: { status: 200, shape: 'data', model: KeyResponse },
    errors: [400, 401, 403, 404, 413, 415, 422, 500],
  }),
  deleteKey: defineOperation({
    operationId: 'deleteKey',
    method: 'DELETE',
    path: '/api/v1/keys/{ref}',
    summary: 'Deletes a key',
    auth: anyToken,
    permission: 'keys:delete',
    params: { ref: text() },
    success: { status: 200, shape: 'raw', model: SuccessResponse },
    errors: [401, 403, 404],
  }),
} as const;
