import { run, type SecretEntityType, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

export interface StoredSecret {
  readonly entityId: number;
  /** JSON pointer. */
  readonly pointer: string;
  readonly sealed: string;
}

/** The sealed values of executions or enforcements. */
export function listSecretValues(
  db: EntityManager,
  entityType: SecretEntityType,
  ids: readonly number[],
): Promise<StoredSecret[]> {
  return run<StoredSecret>(
    db,
    sql`
    select s.entity_id as "entityId", s.json_path as pointer, s.encrypted_value as sealed
    from execution_secret_value as s
    where s.entity_type = ${entityType}::secret_entity_type and s.entity_id = any(${ids}::bigint[])
    order by s.entity_id, s.json_path`,
  );
}
