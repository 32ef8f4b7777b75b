import { type Database, execute, run } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';
import { type ResealedRow, type SealedRow } from '../sealed-store.js';

/** Secrets of executions and enforcements that another key than this one sealed. */
export function listExecutionSecrets(
  db: Database,
  keyHash: string,
  afterId: number,
  limit: number,
): Promise<SealedRow[]> {
  return run<SealedRow>(
    db,
    sql`
    select s.id, concat_ws(' ', s.entity_type, s.entity_id, s.json_path) as name, s.encrypted_value as stored
    from execution_secret_value as s
    where s.encryption_key_hash <> ${keyHash} and s.id > ${afterId}
    order by s.id
    limit ${limit}`,
  );
}

export function replaceExecutionSecrets(db: Database, keyHash: string, rows: readonly ResealedRow[]): Promise<number> {
  return execute(
    db,
    sql`
    update execution_secret_value as s
    set encrypted_value = r.after, encryption_key_hash = ${keyHash}
    from unnest(
      ${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ before }) => before)}::text[],
      ${rows.map(({ after }) => after)}::text[]
    ) as r (id, before, after)
    where s.id = r.id and s.encrypted_value = r.before`,
  );
}
