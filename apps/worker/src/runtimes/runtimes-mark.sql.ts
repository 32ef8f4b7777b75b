import { type Database, run, sql } from '@attune/common';

/** A text that changes when any runtime or runtime version is added, changed or removed. */
export async function runtimesMark(db: Database): Promise<string> {
  const [row] = await run<{ mark: string }>(
    db,
    sql`
    select md5(coalesce(string_agg(all_rows.mark, ',' order by all_rows.mark), '')) as mark
    from (
      select 'r' || r.id || '@' || r.updated as mark from runtime as r
      union all
      select 'v' || v.id || '@' || v.updated from runtime_version as v
    ) as all_rows`,
  );
  return row?.mark ?? '';
}
