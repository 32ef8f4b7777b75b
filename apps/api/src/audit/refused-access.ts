import { type AuditRecord, DomainError } from '@attune/common';
import { type Exchange } from '../http/exchange.js';
import { operationResource } from './operation-resource.js';

/**
 * What the log says of a request that was refused for want of a right; null when that was not the reason. Also one that is
 * told there is no such thing: the log knows better.
 */
export function refusedAccess(exchange: Exchange | null, status: number, error: unknown): AuditRecord | null {
  if (!exchange || !Array.isArray(exchange.operation.auth)) return null;
  const { operation, caller, params } = exchange;
  if (status !== 403 && !(status === 404 && caller?.isRefused === true)) return null;
  return {
    type: 'rbac.denied',
    resource: operationResource(operation, params),
    details: {
      operation: operation.operationId,
      permission: operation.permission,
      ...(error instanceof DomainError && { reason: error.message }),
    },
  };
}
