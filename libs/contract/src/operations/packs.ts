import { text } from '../fields.js';
import { anyToken, defineOperation, pageQuery } from '../operation.js';
import { SuccessResponse } from '../envelopes.js';
import { CreatePackRequest, PackResponse, PackSummary, UpdatePackRequest } from '../models/packs.js';

export const packOperations = {
  listPacks: defineOperation({
    operationId: 'listPacks',
    method: 'GET',
    path: '/api/v1/packs',
    summary: 'Lists the packs the caller may read, by ref',
    auth: anyToken,
    permission: 'packs:read',
    query: pageQuery,
    success: { status: 200, shape: 'paginated', model: PackSummary },
    errors: [400, 401],
  }),
  createPack: defineOperation({
    operationId: 'createPack',
    method: 'POST',
    path: '/api/v1/packs',
    summary: 'Creates an empty pack',
    auth: anyToken,
    permission: 'packs:create',
    body: CreatePackRequest,
    success: { status: 201, shape: 'data', model: PackResponse },
    errors: [400, 401, 403, 409, 413, 415, 422],
  }),
  getPack: defineOperation({
    operationId: 'getPack',
    method: 'GET',
    path: '/api/v1/packs/{ref}',
    summary: 'Reads a pack',
    auth: anyToken,
    permission: 'packs:read',
    params: { ref: text() },
    success: { status: 200, shape: 'data', model: PackResponse },
    errors: [401, 404],
  }),
  updatePack: defineOperation({
    operationId: 'updatePack',
    method: 'PUT',
    path: '/api/v1/packs/{ref}',
    summary: 'Changes a pack or its configuration',
    auth: anyToken,
    permission: 'packs:configure',
    params: { ref: text() },
    body: UpdatePackRequest,
    success: { status: 200, shape: 'data', model: PackResponse },
    errors: [400, 401, 403, 404, 413, 415, 422],
  }),
  deletePack: defineOperation({
    operationId: 'deletePack',
    method: 'DELETE',
    path: '/api/v1/packs/{ref}',
    summary: 'Deletes a pack with everything in it',
    auth: anyToken,
    permission: 'packs:delete',
    params: { ref: text() },
    success: { status: 200, shape: 'raw', model: SuccessResponse },
    errors: [401, 403, 404],
  }),
} as const;
