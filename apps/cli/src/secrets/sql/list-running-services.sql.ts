import { type Database, run, sql } from '@attune/common';

/** Names under which services of Attune are connected to the database now. */
export async function listRunningServices(db: Database): Promise<string[]> {
  const rows = await run<{ name: string }>(
    db,
    sql`
    select distinct a.application_name as name
    from pg_stat_activity as a
    where a.datname = current_database()
      and a.application_name like 'attune-%'
      and a.application_name not in ('attune-cli', 'attune-up')
    order by name`,
  );
  return rows.map(({ name }) => name);
}
