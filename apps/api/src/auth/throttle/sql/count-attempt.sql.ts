import { type Database, run, sql } from '@attune/common';
import { type Bucket } from '../throttle-buckets.js';
import { FULL, leakedLevel } from './leaked-level.js';

/**
 * Counts an attempt in each bucket that has room for it, and gives the scopes of those. Buckets are taken in the same order
 * by everybody, so attempts at the same time wait for each other instead of blocking each other for good.
 */
export async function countAttempt(db: Database, buckets: readonly Bucket[], windowSeconds: number): Promise<string[]> {
  const level = leakedLevel(windowSeconds);
  const rows = await run<{ scope: string }>(
    db,
    sql`
    insert into login_attempt as a (scope, key, level, counted_at, expires_at)
    select b.scope, b.key, b.share, now(), now() + ${windowSeconds} * interval '1 second'
    from unnest(
      ${buckets.map(({ scope }) => scope)}::text[],
      ${buckets.map(({ key }) => key)}::text[],
      ${buckets.map(({ share }) => share)}::double precision[]
    ) as b (scope, key, share)
    order by b.scope, b.key
    on conflict (scope, key) do update
    set level = ${level} + excluded.level, counted_at = excluded.counted_at, expires_at = excluded.expires_at
    where ${level} + excluded.level <= ${FULL}
    returning a.scope`,
  );
  return rows.map((row) => row.scope);
}
