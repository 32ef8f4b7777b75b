import { type Database, execute, sql } from '@attune/common';

/** Takes over the name a provider knows somebody by. */
export async function renameIdentity(db: Database, id: number, displayName: string): Promise<void> {
  await execute(
    db,
    sql`
    update identity as i
    set display_name = ${displayName}
    where i.id = ${id} and i.display_name is distinct from ${displayName}`,
  );
}
