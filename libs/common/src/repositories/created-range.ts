import { createdRangeOf, isTimeId, TIME_ID_EPOCH_MS, timeIdToMs } from '@attune/engine';
import { sql, type Sql } from '../database/sql.js';
import { type PageRequest } from './page.js';

/**
 * Bounds for statements on the time-series tables. A statement that names no `created` is planned against every
 * partition; one with literal bounds only against those it can find something in.
 */

/** Half-open: `from` belongs to it, `to` does not. */
export interface CreatedWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 86_400_000;

/** Ahead of this process's clock the database may be; generous, because partitions of the future are empty. */
const CLOCK_SKEW_MS = DAY_MS;

/** Reading newest first, nearly every page is full within the first window; the last one ends with all there can be. */
const RECENT_DAYS = 2;
const WINDOW_DAYS = [RECENT_DAYS, 14];

const LIVE_DAYS = 7;

/** `created` of the row lies in a window. */
export const createdIn = (created: Sql, { fromMs, toMs }: CreatedWindow): Sql =>
  sql`${created} >= ${iso(fromMs)}::timestamptz and ${created} < ${iso(toMs)}::timestamptz`;

/** `created` of the row lies in the closed range of a set of ids, which must not be empty. */
export function createdAmong(created: Sql, ids: readonly number[]): Sql {
  const range = createdRangeOf(ids);
  if (!range) throw new RangeError('no ids, no range');
  return sql`${created} between ${range.from}::timestamptz and ${range.to}::timestamptz`;
}

/** Chunks with rows younger than this are never compressed (after 7 days); a day less, because clocks differ. */
const UNCOMPRESSED_DAYS = 6;

/**
 * Rows to be updated, in groups that may share one closed range of `created`. Of a compressed chunk TimescaleDB unpacks
 * every batch inside the range, whatever ids are named: one old row beside a new one would unpack weeks, and fail above
 * 100,000 rows. So recent rows go together, and each older one alone, with a range that is exactly its own time.
 */
export function groupForUpdate<Row>(rows: readonly Row[], idOf: (row: Row) => number, nowMs = Date.now()): Row[][] {
  const isRecent = (row: Row): boolean => timeIdToMs(idOf(row)) >= nowMs - UNCOMPRESSED_DAYS * DAY_MS;
  const recent = rows.filter(isRecent);
  const older = rows.filter((row) => !isRecent(row)).map((row) => [row]);
  return recent.length > 0 ? [recent, ...older] : older;
}

/** Everything a table can hold: from `since` (an id that is older than all wanted rows; default the first id) to now. */
export const wholeWindow = (since: number | undefined, nowMs: number): CreatedWindow => ({
  fromMs: since !== undefined && isTimeId(since) ? timeIdToMs(since) : TIME_ID_EPOCH_MS,
  toMs: nowMs + CLOCK_SKEW_MS,
});

/**
 * Where executions that are still live are looked for. What is older is compressed and has no index of live rows; an
 * execution that has a worker lives minutes, seldom hours.
 */
export const liveWindow = (nowMs: number): CreatedWindow => ({
  fromMs: nowMs - LIVE_DAYS * DAY_MS,
  toMs: nowMs + CLOCK_SKEW_MS,
});

/** `created` is recent enough for a live execution. */
export const createdWhileLive = (created: Sql, nowMs: number = Date.now()): Sql =>
  createdIn(created, liveWindow(nowMs));

/** The newest window a list reads. */
export const recentWindow = (nowMs: number): CreatedWindow => ({
  fromMs: nowMs - RECENT_DAYS * DAY_MS,
  toMs: nowMs + CLOCK_SKEW_MS,
});

/** How a list is read in one window. */
export interface WindowReader {
  /** Ids, newest first, without the first `offset`. */
  readonly read: (window: CreatedWindow, page: PageRequest) => Promise<number[]>;
  /** How many rows there are. */
  readonly count: (window: CreatedWindow) => Promise<number>;
}

/**
 * Ids of one page and one more (so that the caller sees whether a next page exists), newest first, reading back window
 * by window and stopping as soon as there are enough. What is before the page stays in the database, however much it is.
 */
export async function newestIds(
  whole: CreatedWindow,
  { limit, offset }: PageRequest,
  { read, count }: WindowReader,
): Promise<number[]> {
  const ids: number[] = [];
  let toSkip = offset;
  for (const window of windowsOf(whole)) {
    const found = await read(window, { limit: limit + 1 - ids.length, offset: toSkip });
    ids.push(...found);
    if (ids.length > limit) break;
    // A window that has rows for the page has had all that were to be skipped.
    toSkip = found.length > 0 || toSkip === 0 ? 0 : toSkip - (await count(window));
  }
  return ids;
}

/** The whole in tiles, newest first. */
export function windowsOf({ fromMs, toMs }: CreatedWindow): CreatedWindow[] {
  const edges = [
    toMs,
    ...WINDOW_DAYS.map((days) => toMs - CLOCK_SKEW_MS - days * DAY_MS).filter((edge) => edge > fromMs),
    fromMs,
  ];
  return edges.slice(1).map((edge, index) => ({ fromMs: edge, toMs: edges[index] ?? toMs }));
}

const iso = (ms: number): string => new Date(ms).toISOString();
