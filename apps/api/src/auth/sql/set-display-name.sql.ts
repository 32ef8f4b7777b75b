import { type Database, execute, sql } from '@attune/common';

/** Names an identity that belongs to no provider; false when it belongs to one. */
export async function setDisplayName(db: Database, identityId: number, displayName: string | null): Promise<boolean> {
  const count = await execute(
    db,
    sql`
    update identity as i
    set display_name = ${displayName}
    where i.id = ${identityId}
      and not exists (select from identity_link as l where l.identity_id = i.id)`,
  );
  return count === 1;
}
