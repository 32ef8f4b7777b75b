import { EXECUTION_STATUSES, LIVE_EXECUTION_STATUSES, TIME_ID_EPOCH_MS } from '@attune/engine';
import { type Database, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { type ExecutionStatus } from '../entities/enums.js';
import { createdIn, type CreatedWindow, wholeWindow } from '../repositories/created-range.js';
import { bucketIn } from './hour-range.js';

export type ExecutionCounts = Readonly<Record<ExecutionStatus, number>>;

/** Which executions are counted. */
export interface CountedExecutions {
  /** A condition on `execution`, whose alias is `e`. */
  readonly rows: Sql;
  /** The same condition on the hourly sums, whose alias is `a`; null when they do not know what it asks. */
  readonly sums: Sql | null;
}

const HOUR_MS = 3_600_000;

/** Younger hours are counted as they are: they change all the time. */
const RECENT_MS = 24 * HOUR_MS;

/** Spans of hours are counted one by one up to so many; beyond, everything from the first to the last of them. */
const MAX_SPANS = 50;

/**
 * Executions by status, over everything kept; the answer is that of counting all rows. Hours that are over are read from their
 * sums: what has ended never changes, so the sums of an hour are final once they hold no live execution. Those that do hold
 * some are counted again, because sums are up to half an hour old, and of old hours as old as their last refresh.
 */
export async function countExecutions(
  db: Database,
  { rows, sums }: CountedExecutions,
  nowMs: number = Date.now(),
): Promise<ExecutionCounts> {
  const whole = wholeWindow(undefined, nowMs);
  const oldestMs = sums ? await oldestHour(db, whole) : null;
  const recentMs = Math.floor((nowMs - RECENT_MS) / HOUR_MS) * HOUR_MS;
  if (!sums || oldestMs === null || oldestMs >= recentMs) return addUp(await countRows(db, whole, rows));
  const past = { fromMs: oldestMs, toMs: recentMs };
  const open = spansOf(await openHours(db, past, sums));
  const counts = [await countRows(db, { fromMs: recentMs, toMs: whole.toMs }, rows)];
  for (const span of open) counts.push(await countRows(db, span, rows));
  return addUp([...counts.flat(), ...(await addSums(db, past, open, sums))]);
}

interface StatusCount {
  readonly status: ExecutionStatus;
  readonly count: number;
}

const addUp = (counts: readonly StatusCount[]): ExecutionCounts =>
  Object.fromEntries(
    EXECUTION_STATUSES.map((status) => [
      status,
      counts.filter((one) => one.status === status).reduce((sum, { count }) => sum + count, 0),
    ]),
  ) as ExecutionCounts;

const countRows = (db: Database, window: CreatedWindow, condition: Sql): Promise<StatusCount[]> =>
  run<StatusCount>(
    db,
    sql`
    select e.status, count(*) as count
    from execution as e
    where ${createdIn(sql`e.created`, window)} and ${condition}
    group by e.status`,
  );

/** The hour of the oldest row. Sums outlive the rows they count, so that is where they begin to be of use. */
async function oldestHour(db: Database, whole: CreatedWindow): Promise<number | null> {
  const [row] = await run<{ ms: number }>(
    db,
    sql`
    select (extract(epoch from e.created) * 1000)::bigint as ms
    from execution as e
    where ${createdIn(sql`e.created`, whole)}
    order by e.created
    limit 1`,
  );
  return row ? Math.floor(Math.max(row.ms, TIME_ID_EPOCH_MS) / HOUR_MS) * HOUR_MS : null;
}

/** Hours (ms) whose sums hold executions that had not ended, oldest first. */
async function openHours(db: Database, window: CreatedWindow, condition: Sql): Promise<number[]> {
  const hours = await run<{ ms: number }>(
    db,
    sql`
    select extract(epoch from a.bucket)::bigint * 1000 as ms
    from execution_volume_hourly as a
    where ${bucketIn(rangeOf(window))} and a.status = any(${LIVE_EXECUTION_STATUSES}::execution_status[]) and ${condition}
    group by a.bucket
    order by a.bucket`,
  );
  return hours.map(({ ms }) => ms);
}

/** Hours in a row as one span. */
function spansOf(hours: readonly number[]): CreatedWindow[] {
  const spans: CreatedWindow[] = [];
  for (const ms of hours) {
    const last = spans.at(-1);
    if (last?.toMs === ms) spans[spans.length - 1] = { ...last, toMs: ms + HOUR_MS };
    else spans.push({ fromMs: ms, toMs: ms + HOUR_MS });
  }
  const [first] = spans;
  return first && spans.length > MAX_SPANS ? [{ fromMs: first.fromMs, toMs: spans.at(-1)?.toMs ?? 0 }] : spans;
}

/** The sums of a window without some spans of it. */
const addSums = (
  db: Database,
  window: CreatedWindow,
  without: readonly CreatedWindow[],
  condition: Sql,
): Promise<StatusCount[]> =>
  run<StatusCount>(
    db,
    sql`
    select a.status, sum(a.execution_count)::bigint as count
    from execution_volume_hourly as a
    where ${bucketIn(rangeOf(window))} and ${condition}
      and not exists (
        select
        from unnest(
          ${without.map(({ fromMs }) => iso(fromMs))}::timestamptz[],
          ${without.map(({ toMs }) => iso(toMs))}::timestamptz[]
        ) as s (first, until)
        where a.bucket >= s.first and a.bucket < s.until
      )
    group by a.status`,
  );

const rangeOf = ({ fromMs, toMs }: CreatedWindow) => ({ from: new Date(fromMs), until: new Date(toMs) });

const iso = (ms: number): string => new Date(ms).toISOString();
