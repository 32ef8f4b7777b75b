import { execute, json, type SecretEntityType, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** One encrypted value and where it belongs. */
export interface SealedValue {
  readonly entity_id: number;
  readonly json_path: string;
  /** Null: given by the caller. */
  readonly source_kind: string | null;
  readonly source_ref: string | null;
  readonly encrypted_value: string;
}

/** Stores what was taken out of redacted parameters. */
export async function insertSecretValues(
  db: EntityManager,
  entityType: SecretEntityType,
  keyHash: string,
  values: readonly SealedValue[],
): Promise<void> {
  if (values.length === 0) return;
  await execute(
    db,
    sql`
    insert into execution_secret_value
      (entity_type, entity_id, json_path, source_kind, source_ref, encrypted_value, encryption_key_hash)
    select
      ${entityType}::secret_entity_type, v.entity_id, v.json_path, v.source_kind, v.source_ref, v.encrypted_value,
      ${keyHash}
    from jsonb_to_recordset(${json(values)}::jsonb)
      as v (entity_id bigint, json_path text, source_kind text, source_ref text, encrypted_value text)`,
  );
}
