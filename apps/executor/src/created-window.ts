import { sql, type Sql } from '@attune/common';
import { createdRangeOf } from '@attune/engine';

const DAY_MS = 86_400_000;

/**
 * How far back live executions are looked for. Older chunks are compressed and have no index of live rows: searching them
 * every few seconds would unpack the whole history. An execution that has a worker lives minutes, seldom hours.
 */
const LIVE_DAYS = 7;

/** `created` lies in the closed range of a set of ids, which must not be empty. Literal bounds keep planning to few chunks. */
export function createdAmong(created: Sql, ids: readonly number[]): Sql {
  const range = createdRangeOf(ids);
  if (range === null) throw new RangeError('no ids, no range');
  return sql`${created} between ${range.from}::timestamptz and ${range.to}::timestamptz`;
}

/** `created` is recent enough for a live execution. Generous at the end: this clock and the database's may differ. */
export function createdWhileLive(created: Sql, nowMs: number = Date.now()): Sql {
  const from = new Date(nowMs - LIVE_DAYS * DAY_MS).toISOString();
  const to = new Date(nowMs + DAY_MS).toISOString();
  return sql`${created} >= ${from}::timestamptz and ${created} < ${to}::timestamptz`;
}
