import { type z } from 'zod';
import { request, response } from '../define.js';
import { bool, int64, optional, shortText, text, timestamp } from '../fields.js';

/** A token without its text: the first and the last characters tell it apart. */
export const IntegrationTokenResponse = response('IntegrationTokenResponse', {
  id: int64(),
  identity_id: int64(),
  label: text(),
  description: text().nullable(),
  token_prefix: text(),
  token_suffix: text(),
  created_by: int64().nullable(),
  expires_at: timestamp().nullable(),
  last_used_at: timestamp().nullable(),
  last_used_ip: text().nullable(),
  revoked_at: timestamp().nullable(),
  revoked_by: int64().nullable(),
  revocation_reason: text().nullable(),
  active: bool(),
  created: timestamp(),
  updated: timestamp(),
});
export type IntegrationTokenResponse = z.output<typeof IntegrationTokenResponse>;

/** Without `expires_at` it lives until it is revoked. */
export const CreateIntegrationTokenRequest = request('CreateIntegrationTokenRequest', {
  label: shortText(),
  description: optional(text({ max: 2000 })),
  expires_at: optional(timestamp()),
});
export type CreateIntegrationTokenRequest = z.output<typeof CreateIntegrationTokenRequest>;

/** `token` is shown this once; only its digest is stored. */
export const CreateIntegrationTokenResponse = response('CreateIntegrationTokenResponse', {
  token: text(),
  integration_token: IntegrationTokenResponse,
});
export type CreateIntegrationTokenResponse = z.output<typeof CreateIntegrationTokenResponse>;

/** `reason` is for other people. */
export const RevokeIntegrationTokenRequest = request('RevokeIntegrationTokenRequest', {
  reason: optional(text({ max: 2000 })),
});
export type RevokeIntegrationTokenRequest = z.output<typeof RevokeIntegrationTokenRequest>;
