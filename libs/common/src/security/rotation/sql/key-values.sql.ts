import { type Database, execute, run } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';
import { type ResealedRow, type SealedRow } from '../sealed-store.js';

/** Encrypted keys that another key than this one sealed. */
export function listKeyValues(db: Database, keyHash: string, afterId: number, limit: number): Promise<SealedRow[]> {
  return run<SealedRow>(
    db,
    sql`
    select k.id, k.ref as name, k.value #>> '{}' as stored
    from key as k
    where k.encrypted and k.encryption_key_hash <> ${keyHash} and k.id > ${afterId}
    order by k.id
    limit ${limit}`,
  );
}

export function replaceKeyValues(db: Database, keyHash: string, rows: readonly ResealedRow[]): Promise<number> {
  return execute(
    db,
    sql`
    update key as k
    set value = to_jsonb(r.after), encryption_key_hash = ${keyHash}
    from unnest(
      ${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ before }) => before)}::text[],
      ${rows.map(({ after }) => after)}::text[]
    ) as r (id, before, after)
    where k.id = r.id and k.encrypted and k.value = to_jsonb(r.before)`,
  );
}
