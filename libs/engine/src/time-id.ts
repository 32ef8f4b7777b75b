/**
 * Ids that carry the time a row was made: `milliseconds since 2025-01-01T00:00:00Z × 4096 + sequence`. They stay below 2^53 until
 * the year 2094, so they are plain numbers. The database makes them (`time_id()`); here they are only read.
 */

/** 2025-01-01T00:00:00Z, the moment of id 0. */
export const TIME_ID_EPOCH_MS = Date.UTC(2025, 0, 1);

/** Ids per millisecond. */
export const TIME_IDS_PER_MS = 4096;

/** Ids first (inclusive) and end (exclusive) of a period, with the matching bounds of the `created` column. */
export interface TimeIdRange {
  readonly firstId: number;
  readonly endId: number;
}

/** The instant an id was made, in whole milliseconds since 1970, rounded down. */
export function timeIdToMs(id: number): number {
  assertTimeId(id);
  return TIME_ID_EPOCH_MS + Math.floor(id / TIME_IDS_PER_MS);
}

/**
 * The exact value of the row's `created` column as `2025-01-01T00:00:00.000000Z`: floor to the microsecond, the same rule as
 * `time_id_created()` in SQL. A `Date` holds milliseconds only and would miss the row.
 */
export function timeIdCreatedIso(id: number): string {
  assertTimeId(id);
  const micros = (BigInt(id) * 125n) / 512n;
  const wholeMs = Number(micros / 1000n);
  const date = new Date(TIME_ID_EPOCH_MS + wholeMs).toISOString();
  return `${date.slice(0, -1)}${String(micros % 1000n).padStart(3, '0')}Z`;
}

/** The smallest id that can be made at or after an instant; the epoch for earlier ones. */
export function firstTimeIdAt(ms: number): number {
  return Math.max(0, Math.ceil((ms - TIME_ID_EPOCH_MS) * TIME_IDS_PER_MS));
}

/** The ids of the half-open period `[fromMs, toMs)`. */
export function timeIdRange(fromMs: number, toMs: number): TimeIdRange {
  return { firstId: firstTimeIdAt(fromMs), endId: firstTimeIdAt(toMs) };
}

/**
 * The closed range of `created` that holds a set of ids, for the statements that touch many rows of a partitioned table.
 * Null for an empty set.
 */
export function createdRangeOf(ids: readonly number[]): { readonly from: string; readonly to: string } | null {
  if (ids.length === 0) return null;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const id of ids) {
    if (id < lowest) lowest = id;
    if (id > highest) highest = id;
  }
  return { from: timeIdCreatedIso(lowest), to: timeIdCreatedIso(highest) };
}

/** Whether a number can be such an id at all; what comes from outside may be anything. */
export function isTimeId(id: number): boolean {
  return Number.isSafeInteger(id) && id >= 0;
}

function assertTimeId(id: number): void {
  if (!isTimeId(id)) throw new RangeError(`${String(id)} is not a time-ordered id`);
}
