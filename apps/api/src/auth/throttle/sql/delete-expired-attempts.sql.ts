import { type Database, execute, sql } from '@attune/common';

/** Removes at most `limit` rows that say nothing any more, and tells how many. Rows somebody works on are left. */
export function deleteExpiredAttempts(db: Database, limit: number): Promise<number> {
  return execute(
    db,
    sql`
    with old as (
      select a.scope, a.key
      from login_attempt as a
      where a.expires_at <= now()
      order by a.expires_at
      limit ${limit}
      for update skip locked
    )
    delete from login_attempt as a
    using old
    where a.scope = old.scope and a.key = old.key`,
  );
}
