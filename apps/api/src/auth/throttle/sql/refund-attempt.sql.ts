import { type Database, execute, sql } from '@attune/common';
import { type Bucket } from '../throttle-buckets.js';
import { leakedLevel } from './leaked-level.js';

/** Takes an attempt back that turned out to be none. Locks in the order in which attempts are counted. */
export async function refundAttempt(db: Database, buckets: readonly Bucket[], windowSeconds: number): Promise<void> {
  await execute(
    db,
    sql`
    with held as (
      select a.scope, a.key, b.share
      from unnest(
        ${buckets.map(({ scope }) => scope)}::text[],
        ${buckets.map(({ key }) => key)}::text[],
        ${buckets.map(({ share }) => share)}::double precision[]
      ) as b (scope, key, share)
      join login_attempt as a on a.scope = b.scope and a.key = b.key
      order by a.scope, a.key
      for update of a
    )
    update login_attempt as a
    set level = greatest(0, ${leakedLevel(windowSeconds)} - held.share), counted_at = now()
    from held
    where a.scope = held.scope and a.key = held.key`,
  );
}
