import { type Database, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { type CreatedWindow, createdIn } from './created-range.js';
import { type PageRequest } from './page.js';

/** Rows of a time series, whose alias is `e` in every part. */
export interface TimedRows {
  /** As in sql`event as e`. */
  readonly from: Sql;
  /** The column they are ordered by, newest first. */
  readonly time: Sql;
  readonly conditions: Sql;
}

/** A day (UTC) that holds rows. */
export interface DayCount {
  readonly startMs: number;
  readonly count: number;
}

/** Where a page begins: within `window`, after so many newer rows of that window. */
export interface PagePlace {
  readonly window: CreatedWindow;
  readonly offset: number;
}

const DAY_MS = 86_400_000;

/** From this row on it is cheaper to count the days before a page than to read everything on the way to it. */
const FAR = 20_000;

/** Whether a page is worth looking for by its day. */
export const isFar = ({ offset }: PageRequest): boolean => offset >= FAR;

/** How many rows there are on each day, newest first; days without any are left out. Reads the whole range, but only its times. */
export async function countByDay(
  db: Database,
  { from, time, conditions }: TimedRows,
  window: CreatedWindow,
): Promise<DayCount[]> {
  return run<DayCount>(
    db,
    sql`
    select extract(epoch from d.day)::bigint * 1000 as "startMs", d.count
    from (
      select date_bin('1 day', ${time}, timestamptz '2000-01-01 00:00:00Z') as day, count(*) as count
      from ${from}
      where ${createdIn(time, window)} and ${conditions}
      group by 1
    ) as d
    order by d.day desc`,
  );
}

/** How many rows there are. */
export async function countAll(
  db: Database,
  { from, time, conditions }: TimedRows,
  window: CreatedWindow,
): Promise<number> {
  const [row] = await run<{ total: number }>(
    db,
    sql`select count(*) as total from ${from} where ${createdIn(time, window)} and ${conditions}`,
  );
  return row?.total ?? 0;
}

export const totalOf = (days: readonly DayCount[]): number => days.reduce((sum, { count }) => sum + count, 0);

/**
 * The days that hold a page: a late page is then read from its own days, instead of passing over all newer rows. Null: the
 * page lies behind the last row.
 */
export function placeOfPage(days: readonly DayCount[], whole: CreatedWindow, page: PageRequest): PagePlace | null {
  let newer = 0;
  let first: DayCount | undefined;
  let offset = 0;
  for (const day of days) {
    if (first === undefined && newer + day.count > page.offset) {
      first = day;
      offset = page.offset - newer;
    }
    newer += day.count;
    if (first !== undefined && newer >= page.offset + page.limit) return { window: spanOf(day, first, whole), offset };
  }
  const oldest = days.at(-1);
  return first && oldest ? { window: spanOf(oldest, first, whole), offset } : null;
}

const spanOf = (oldest: DayCount, newest: DayCount, whole: CreatedWindow): CreatedWindow => ({
  fromMs: Math.max(oldest.startMs, whole.fromMs),
  toMs: Math.min(newest.startMs + DAY_MS, whole.toMs),
});
