import { type Database, execute, sql } from '@attune/common';

/** How long (days) an address counts as one its login comes from. */
const KNOWN_FOR_DAYS = 30;

/** Notes that a login succeeded from an address; `key` stands for both. Written at most once an hour. */
export async function rememberAddress(db: Database, key: string): Promise<void> {
  await execute(
    db,
    sql`
    insert into login_attempt as a (scope, key, level, expires_at)
    values ('known', ${key}, 0, now() + ${KNOWN_FOR_DAYS} * interval '1 day')
    on conflict (scope, key) do update
    set counted_at = excluded.counted_at, expires_at = excluded.expires_at
    where a.counted_at < now() - interval '1 hour'`,
  );
}
