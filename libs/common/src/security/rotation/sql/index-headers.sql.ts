import { type Database, execute, run } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';
import { type ResealedRow, type SealedRow } from '../sealed-store.js';

/** What is sent to ask for lists of packs: usually tokens. No column says which key sealed them, so all are looked at. */
export function listIndexHeaders(db: Database, _: string, afterId: number, limit: number): Promise<SealedRow[]> {
  return run<SealedRow>(
    db,
    sql`
    select i.id, coalesce(i.name, i.url) as name, i.headers::text as stored
    from pack_registry_index as i
    where i.headers <> '{}' and i.id > ${afterId}
    order by i.id
    limit ${limit}`,
  );
}

export function replaceIndexHeaders(db: Database, _: string, rows: readonly ResealedRow[]): Promise<number> {
  return execute(
    db,
    sql`
    update pack_registry_index as i
    set headers = r.after::jsonb
    from unnest(
      ${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ before }) => before)}::text[],
      ${rows.map(({ after }) => after)}::text[]
    ) as r (id, before, after)
    where i.id = r.id and i.headers::text = r.before`,
  );
}
