import { type HourlyAggregate } from '@attune/migrations';
import { setTimeout as delay } from 'node:timers/promises';
import { type DataSource, type EntityManager } from 'typeorm';
import { execute, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { aggregatesOf, TIME_SERIES_TABLES, type TimeSeriesTableName, verbatim } from './time-series-tables.js';

/** How long a refresh waits for transactions that are older than it. */
const SETTLE_POLL_MS = 100;
const SETTLE_POLLS = 50;

/** What became of one source. `postponed`: a transaction was open for too long; the next run tries again. */
export interface RollupOutcome {
  readonly source: TimeSeriesTableName;
  readonly outcome: 'refreshed' | 'postponed';
}

/**
 * Brings the rollup tables up to the hour before the last one, and counts anew the hours whose rows changed since. For
 * databases without continuous aggregates. Safe to call at once from several processes.
 *
 * No change is lost between the two steps: first the line before which triggers note changes is moved and committed; then
 * every transaction that may not have seen that has to end; only then is counted. A change is in the count or in the notes.
 *
 * @param onlyDue leave out sources that were refreshed within their interval
 */
export async function refreshRollups(
  dataSource: DataSource,
  { onlyDue = false, signal }: { onlyDue?: boolean; signal?: AbortSignal } = {},
): Promise<RollupOutcome[]> {
  const outcomes: RollupOutcome[] = [];
  for (const { name: source } of TIME_SERIES_TABLES) {
    if (signal?.aborted === true) break;
    const aggregates = aggregatesOf(source);
    if (aggregates.length === 0) continue;
    if (onlyDue && !(await isDue(dataSource, source, aggregates))) continue;
    outcomes.push({ source, outcome: await refreshSource(dataSource, source, aggregates) });
  }
  return outcomes;
}

async function isDue(
  dataSource: DataSource,
  source: TimeSeriesTableName,
  aggregates: readonly HourlyAggregate[],
): Promise<boolean> {
  const every = aggregates.map((aggregate) => aggregate.refreshEvery);
  const due = await run(
    dataSource,
    sql`
    select 1
    from rollup_source as s
    where s.source = ${source}
      and (s.refreshed_at is null or s.refreshed_at <= now() - (
        select min(e.every::interval) from unnest(${every}::text[]) as e (every)
      ))`,
  );
  return due.length > 0;
}

async function refreshSource(
  dataSource: DataSource,
  source: TimeSeriesTableName,
  aggregates: readonly HourlyAggregate[],
): Promise<RollupOutcome['outcome']> {
  const xid = await trackFurther(dataSource, source);
  if (!(await haveOlderTransactionsEnded(dataSource, xid))) return 'postponed';
  await dataSource.transaction((db) => count(db, source, aggregates));
  return 'refreshed';
}

/** Moves `tracked_until` and commits; gives the transaction that did it. */
async function trackFurther(dataSource: DataSource, source: TimeSeriesTableName): Promise<string> {
  const [moved] = await run<{ xid: string }>(
    dataSource,
    sql`
    update rollup_source as s
    set tracked_until = greatest(s.tracked_until, date_trunc('hour', now() - interval '1 hour', 'UTC'))
    where s.source = ${source}
    returning pg_current_xact_id()::text as xid`,
  );
  if (!moved) throw new Error(`no rollup of ${source} in this database`);
  return moved.xid;
}

async function haveOlderTransactionsEnded(dataSource: DataSource, xid: string): Promise<boolean> {
  for (let poll = 0; poll < SETTLE_POLLS; poll += 1) {
    const [answer] = await run<{ settled: boolean }>(
      dataSource,
      sql`select pg_snapshot_xmin(pg_current_snapshot()) > ${xid}::xid8 as settled`,
    );
    if (answer?.settled === true) return true;
    await delay(SETTLE_POLL_MS);
  }
  return false;
}

async function count(
  db: EntityManager,
  source: TimeSeriesTableName,
  aggregates: readonly HourlyAggregate[],
): Promise<void> {
  // One refresh of a source at a time; readers and the noting triggers are not held up by a row lock.
  await run(db, sql`select 1 from rollup_source as s where s.source = ${source} for update`);
  const hours = (await takeLateHours(db, source)).map(({ bucket }) => bucket);
  for (const { name } of aggregates) {
    await run(
      db,
      sql`
      select ${verbatim(`refresh_${name}`)}(h.hour::timestamptz, h.hour::timestamptz + interval '1 hour')
      from unnest(${hours}::text[]) as h (hour)`,
    );
    await run(
      db,
      sql`
      select ${verbatim(`refresh_${name}`)}(s.watermark, s.tracked_until)
      from rollup_source as s where s.source = ${source}`,
    );
  }
  await execute(
    db,
    sql`
    update rollup_source as s
    set watermark = s.tracked_until, refreshed_at = now()
    where s.source = ${source}`,
  );
}

/**
 * Takes the noted hours off the list and gives those to count anew: not the ones that are counted for the first time
 * anyway, and none that retention has reached, because their rows are gone and their sums must stay.
 */
function takeLateHours(db: EntityManager, source: TimeSeriesTableName): Promise<{ bucket: string }[]> {
  return run<{ bucket: string }>(
    db,
    sql`
    with late as (
      delete from rollup_late_change as c where c.source = ${source} returning c.bucket
    )
    select distinct l.bucket::text as bucket
    from late as l
    join rollup_source as s on s.source = ${source}
    join time_series_retention as r on r.table_name = ${source}
    where l.bucket < s.watermark and (r.keep is null or l.bucket >= now() - r.keep)`,
  );
}
