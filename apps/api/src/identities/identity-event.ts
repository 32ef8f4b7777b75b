import { type AuditEventType, type AuditRecord, type IdentityEntity } from '@attune/common';
import { type JsonObject } from '@attune/engine';

/** What happened to an identity or to what it was given. */
export const identityEvent = (
  type: Extract<AuditEventType, `admin.${'identity' | 'role_assignment' | 'permission_assignment'}.${string}`>,
  { id, login }: Pick<IdentityEntity, 'id' | 'login'>,
  details: JsonObject = {},
): AuditRecord => ({ type, resource: { type: 'identity', id, ref: login }, details });
