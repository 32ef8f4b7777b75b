import { TIME_ID_EPOCH_MS } from '@attune/engine';
import { type Database, run } from '../../database/run.js';
import { sql } from '../../database/sql.js';

/**
 * Ids for what happened so many milliseconds ago, in the same order. The database's clock decides, so that a process whose
 * clock is wrong does not misplace its rows. Unlike those of `time_id()` they may be taken, in a few of a million cases.
 */
export async function reserveAuditIds(db: Database, agesMs: readonly number[]): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    select
      (floor(extract(epoch from clock_timestamp()) * 1000)::bigint - a.age - ${TIME_ID_EPOCH_MS}::bigint) * 4096
        + nextval('time_id_sequence') as id
    from unnest(${agesMs.map(Math.round)}::bigint[]) as a (age)`.prepared(),
  );
  return rows.map((row) => row.id);
}
