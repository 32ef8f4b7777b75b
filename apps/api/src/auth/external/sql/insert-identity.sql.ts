import { type Database, run, sql } from '@attune/common';
import { type LinkedIdentity } from './find-linked-identity.sql.js';

/** Somebody new without a password; null when the login is taken. */
export async function insertIdentity(
  db: Database,
  login: string,
  displayName: string | null,
): Promise<LinkedIdentity | null> {
  const [row] = await run<LinkedIdentity>(
    db,
    sql`
    insert into identity as i (login, display_name)
    values (${login}, ${displayName})
    on conflict (login) do nothing
    returning i.id, i.login, i.display_name, i.frozen, i.session_version`,
  );
  return row ?? null;
}
