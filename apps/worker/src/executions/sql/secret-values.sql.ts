import { type Database, execute, run, sql } from '@attune/common';

export interface StoredSecret {
  readonly execution: number;
  /** JSON pointer into the redacted parameters. */
  readonly pointer: string;
  readonly encrypted: string;
}

/** The secret parameters of executions. */
export function listParameterSecrets(db: Database, executions: readonly number[]): Promise<StoredSecret[]> {
  return run<StoredSecret>(
    db,
    sql`
    select s.entity_id as execution, s.json_path as pointer, s.encrypted_value as encrypted
    from execution_secret_value as s
    where s.entity_type = 'execution_config' and s.entity_id = any(${executions}::bigint[])`,
  );
}

/** Keeps what was redacted in results; the pointers lead into `execution.result`. */
export async function insertResultSecrets(
  db: Database,
  secrets: readonly StoredSecret[],
  keyHash: string,
): Promise<void> {
  if (secrets.length === 0) return;
  await execute(
    db,
    sql`
    insert into execution_secret_value (entity_type, entity_id, json_path, encrypted_value, encryption_key_hash)
    select 'execution_result', s.execution, s.pointer, s.encrypted, ${keyHash}
    from unnest(
      ${secrets.map(({ execution }) => execution)}::bigint[],
      ${secrets.map(({ pointer }) => pointer)}::text[],
      ${secrets.map(({ encrypted }) => encrypted)}::text[]
    ) as s (execution, pointer, encrypted)`,
  );
}
