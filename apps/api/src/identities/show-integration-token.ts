import { type IntegrationTokenEntity } from '@attune/common';
import { type IntegrationTokenResponse } from '@attune/contract';
import { iso, isoOrNull } from '../domain/wire.js';

/** A token as it is at `now`; its hash stays here. */
export const showIntegrationToken = (token: IntegrationTokenEntity, now: Date): IntegrationTokenResponse => ({
  id: token.id,
  identity_id: token.identity_id,
  label: token.label,
  description: token.description,
  token_prefix: token.token_prefix,
  token_suffix: token.token_suffix,
  created_by: token.created_by,
  expires_at: isoOrNull(token.expires_at),
  last_used_at: isoOrNull(token.last_used_at),
  last_used_ip: token.last_used_ip,
  revoked_at: isoOrNull(token.revoked_at),
  revoked_by: token.revoked_by,
  revocation_reason: token.revocation_reason,
  active: token.revoked_at === null && (token.expires_at === null || token.expires_at > now),
  created: iso(token.created),
  updated: iso(token.updated),
});
