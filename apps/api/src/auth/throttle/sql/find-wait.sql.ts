import { type Database, run, sql } from '@attune/common';
import { type Bucket } from '../throttle-buckets.js';
import { leakedLevel } from './leaked-level.js';

/** Seconds until each of the buckets has room for one more attempt; 0 = has it now. */
export async function findWait(db: Database, buckets: readonly Bucket[], windowSeconds: number): Promise<number> {
  const [row] = await run<{ seconds: number }>(
    db,
    sql`
    select coalesce(max(greatest(0, ${leakedLevel(windowSeconds)} + b.share - 1)) * ${windowSeconds}, 0) as seconds
    from unnest(
      ${buckets.map(({ scope }) => scope)}::text[],
      ${buckets.map(({ key }) => key)}::text[],
      ${buckets.map(({ share }) => share)}::double precision[]
    ) as b (scope, key, share)
    join login_attempt as a on a.scope = b.scope and a.key = b.key`,
  );
  return row?.seconds ?? 0;
}
