import { type AuditRecord } from '@attune/common';
import { type AnyOperation } from '@attune/contract';
import { operationResource } from './operation-resource.js';

/** Rights over the rights and the secrets of others, and over the platform itself. */
const PRIVILEGED = /^(identities:(create|update|delete)|retention:update|\w+:(manage|decrypt))$/;

/** What the log says of a request that needed such a right and had it; null for all others. */
export function privilegedAccess(operation: AnyOperation, params: unknown): AuditRecord | null {
  const { permission } = operation;
  if (permission === null || !PRIVILEGED.test(permission)) return null;
  return {
    type: 'rbac.allowed.privileged',
    resource: operationResource(operation, params),
    details: { operation: operation.operationId, permission },
  };
}
