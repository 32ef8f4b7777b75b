import { anyToken, defineOperation } from '../operation.js';
import { CurrentUserResponse, LoginRequest, RefreshTokenRequest, TokenResponse } from '../models/auth.js';

export const authOperations = {
  login: defineOperation({
    operationId: 'login',
    method: 'POST',
    path: '/auth/login',
    summary: 'Exchanges a login and a password for a token pair',
    auth: 'none',
    permission: null,
    body: LoginRequest,
    success: { status: 200, shape: 'data', model: TokenResponse },
    errors: [400, 401, 403, 413, 415, 422],
  }),
  refreshToken: defineOperation({
    operationId: 'refreshToken',
    method: 'POST',
    path: '/auth/refresh',
    summary: 'Exchanges a refresh token for a new token pair',
    auth: 'refresh',
    permission: null,
    body: RefreshTokenRequest,
    bodyOptional: true,
    success: { status: 200, shape: 'data', model: TokenResponse },
    errors: [400, 401, 403, 413, 415, 422],
  }),
  getCurrentUser: defineOperation({
    operationId: 'getCurrentUser',
    method: 'GET',
    path: '/auth/me',
    summary: 'Shows the identity behind the token and what it may do',
    auth: anyToken,
    permission: null,
    success: { status: 200, shape: 'data', model: CurrentUserResponse },
    errors: [400, 401, 403, 404],
  }),
} as const;
