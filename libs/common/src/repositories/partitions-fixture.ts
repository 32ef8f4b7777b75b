import { firstTimeIdAt } from '@attune/engine';
import { type Database, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';

const DAY_MS = 86_400_000;

/**
 * Puts a row into each of a few days, the last of which ended `daysAgo` days before now, so that there are several
 * partitions, and gives their ids.
 */
export async function insertOnPastDays(db: Database, columns: Sql, values: Sql, daysAgo = 0): Promise<number[]> {
  const ids = [1, 2, 3].map((days) => firstTimeIdAt(Date.now() - (daysAgo + days) * DAY_MS));
  await run(
    db,
    sql`insert into ${columns} select id, time_id_created(id), ${values} from unnest(${ids}::bigint[]) as id`,
  );
  return ids;
}

/** The lines of a statement's plan that read a table or a partition. */
export async function partitionScans(db: Database, statement: Sql): Promise<string[]> {
  const plan = await run<{ 'QUERY PLAN': string }>(db, sql`explain (costs off) ${statement}`);
  return plan.map((row) => row['QUERY PLAN']).filter((line) => / Scan.* on \S/.test(line));
}
