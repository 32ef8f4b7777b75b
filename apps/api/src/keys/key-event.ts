import { type AuditEventType, type AuditRecord, type KeyEntity } from '@attune/common';
import { type JsonObject } from '@attune/engine';

/** What happened to a key; never what is in it. */
export const keyEvent = (
  type: Extract<AuditEventType, `secret.key.${string}`>,
  { id, ref, owner_type, owner, encrypted }: KeyEntity,
  details: JsonObject = {},
): AuditRecord => ({
  type,
  resource: { type: 'key', id, ref },
  details: { owner_type, owner, encrypted, ...details },
});
