import { type Database, execute, run } from '../../../database/run.js';
import { sql, type Sql } from '../../../database/sql.js';
import { type ResealedRow, type SealedRow } from '../sealed-store.js';

/** A column of JSON objects with sealed values in them. */
export interface DocumentColumn {
  readonly table: Sql;
  readonly column: Sql;
}

/** Documents that hold anything sealed. Which key sealed it stands nowhere, so all are looked at. */
export function listDocuments(
  db: Database,
  { table, column }: DocumentColumn,
  afterId: number,
  limit: number,
): Promise<SealedRow[]> {
  return run<SealedRow>(
    db,
    sql`
    select d.id, d.ref as name, d.${column}::text as stored
    from ${table} as d
    where jsonb_path_exists(d.${column}, '$.**.sealed') and d.id > ${afterId}
    order by d.id
    limit ${limit}`,
  );
}

export function replaceDocuments(
  db: Database,
  { table, column }: DocumentColumn,
  rows: readonly ResealedRow[],
): Promise<number> {
  return execute(
    db,
    sql`
    update ${table} as d
    set ${column} = r.after::jsonb
    from unnest(
      ${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ before }) => before)}::text[],
      ${rows.map(({ after }) => after)}::text[]
    ) as r (id, before, after)
    where d.id = r.id and d.${column}::text = r.before`,
  );
}
