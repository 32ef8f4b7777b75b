import { type AuditRecord } from '@attune/common';
import { type AnyOperation } from '@attune/contract';

/** What a request is about, as far as its path and its permission say. */
export function operationResource(operation: AnyOperation, params: unknown): NonNullable<AuditRecord['resource']> {
  const [kind] = operation.permission?.split(':') ?? [];
  const named = Object.values((params ?? {}) as Record<string, unknown>);
  const id = named.find((value) => typeof value === 'number');
  const ref = named.find((value) => typeof value === 'string');
  return {
    type: kind ?? operation.operationId,
    ...(id !== undefined && { id }),
    ...(ref !== undefined && { ref }),
  };
}
