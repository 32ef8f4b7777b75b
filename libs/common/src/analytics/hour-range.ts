import { sql, type Sql } from '../database/sql.js';

/** A half-open span of time: `from` belongs to it, `until` does not. Every hour that overlaps it counts as a whole. */
export interface TimeRange {
  readonly from: Date;
  readonly until: Date;
}

const HOUR_MS = 3_600_000;

/** The bucket, whose alias is `a`, overlaps the range. */
export function bucketIn({ from, until }: TimeRange): Sql {
  const firstHour = new Date(Math.floor(from.getTime() / HOUR_MS) * HOUR_MS);
  return sql`a.bucket >= ${firstHour.toISOString()}::timestamptz and a.bucket < ${until.toISOString()}::timestamptz`;
}
