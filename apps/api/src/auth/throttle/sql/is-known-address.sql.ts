import { type Database, run, sql } from '@attune/common';

/** Whether a login succeeded from an address lately; `key` stands for both. */
export async function isKnownAddress(db: Database, key: string): Promise<boolean> {
  const rows = await run(
    db,
    sql`
    select a.key
    from login_attempt as a
    where a.scope = 'known' and a.key = ${key} and a.expires_at > now()`,
  );
  return rows.length > 0;
}
