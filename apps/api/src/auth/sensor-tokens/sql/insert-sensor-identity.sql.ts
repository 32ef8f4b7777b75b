import { type Database, execute, sql } from '@attune/common';

/** Makes the identity a sensor acts as, unless it is there. */
export async function insertSensorIdentity(db: Database, login: string, displayName: string): Promise<void> {
  await execute(
    db,
    sql`
    insert into identity (login, display_name)
    values (${login}, ${displayName})
    on conflict (login) do nothing`,
  );
}
