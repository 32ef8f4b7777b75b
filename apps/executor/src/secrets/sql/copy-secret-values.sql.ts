import { execute, json, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** An enforcement and the execution it started. */
export interface EnforcementExecution {
  readonly enforcement: number;
  readonly execution: number;
}

/** Gives executions the secrets of their enforcements. They stay sealed: nothing is decrypted on the way. */
export async function copySecretValues(db: EntityManager, pairs: readonly EnforcementExecution[]): Promise<void> {
  if (pairs.length === 0) return;
  await execute(
    db,
    sql`
    insert into execution_secret_value
      (entity_type, entity_id, json_path, source_kind, source_ref, encrypted_value, encryption_key_hash)
    select
      'execution_config', p.execution, s.json_path, s.source_kind, s.source_ref, s.encrypted_value,
      s.encryption_key_hash
    from jsonb_to_recordset(${json(pairs)}::jsonb) as p (enforcement bigint, execution bigint)
    join execution_secret_value as s on s.entity_type = 'enforcement_config' and s.entity_id = p.enforcement`.prepared(),
  );
}
