import { z } from 'zod';
import { enumeration, request, response } from '../define.js';
import { bool, int64, json, list, omittable, shortText, text } from '../fields.js';
import { EffectivePermissionResponse } from './permissions.js';

export const TokenType = enumeration('TokenType', ['access', 'refresh', 'sensor', 'execution', 'worker']);
export type TokenType = z.output<typeof TokenType>;

/** Claims of every token we issue. */
export const JwtClaims = response('JwtClaims', {
  /** Identity id as decimal text; integration-token id for refresh tokens with scope integration_token. */
  sub: text(),
  login: text(),
  /** Unix seconds. */
  iat: int64(),
  /** Unix seconds. */
  exp: int64(),
  token_type: TokenType,
  scope: omittable(z.enum(['integration_token', 'sensor', 'execution', 'internal_files'])),
  metadata: omittable(json().nullable()),
});
export type JwtClaims = z.output<typeof JwtClaims>;

export const LoginRequest = request('LoginRequest', {
  login: shortText(),
  password: text({ min: 1 }),
});
export type LoginRequest = z.output<typeof LoginRequest>;

export const RefreshTokenRequest = request('RefreshTokenRequest', {
  refresh_token: text({ min: 1 }),
});
export type RefreshTokenRequest = z.output<typeof RefreshTokenRequest>;

export const UserInfo = response('UserInfo', {
  id: int64(),
  login: text(),
  display_name: text().nullable(),
});
export type UserInfo = z.output<typeof UserInfo>;

/** A token pair. `user` is left out by a refresh. */
export const TokenResponse = response('TokenResponse', {
  access_token: text(),
  refresh_token: text(),
  token_type: z.literal('Bearer'),
  /** Access token lifetime in seconds. */
  expires_in: int64(),
  user: omittable(UserInfo),
});
export type TokenResponse = z.output<typeof TokenResponse>;

/** What the external provider said at the last login. */
export const ProviderProfileResponse = response('ProviderProfileResponse', {
  provider: z.enum(['oidc', 'ldap']),
  display_name: text().nullable(),
  login: text().nullable(),
  email: text().nullable(),
  email_verified: bool().nullable(),
  subject: text().nullable(),
  issuer: text().nullable(),
  distinguished_name: text().nullable(),
  groups: list(text()),
});
export type ProviderProfileResponse = z.output<typeof ProviderProfileResponse>;

/** The identity behind the token, with what it may do. */
export const CurrentUserResponse = response('CurrentUserResponse', {
  id: int64(),
  login: text(),
  display_name: text().nullable(),
  auth_provider: z.enum(['local', 'oidc', 'ldap']),
  is_local: bool(),
  can_change_password: bool(),
  provider_profile: omittable(ProviderProfileResponse),
  effective_permissions: list(EffectivePermissionResponse),
  assigned_permission_set_refs: list(text()),
});
export type CurrentUserResponse = z.output<typeof CurrentUserResponse>;
