import { type Database, run, sql } from '@attune/common';

interface NewIdentity {
  readonly login: string;
  readonly displayName: string | null;
  /** PHC text of the password. */
  readonly hash: string;
}

/** The id of somebody new; null when the login is taken. */
export async function insertLocalIdentity(
  db: Database,
  { login, displayName, hash }: NewIdentity,
): Promise<number | null> {
  const [row] = await run<{ id: number }>(
    db,
    sql`
    insert into identity as i (login, display_name, password_hash)
    values (${login}, ${displayName}, ${hash})
    on conflict (login) do nothing
    returning i.id`,
  );
  return row?.id ?? null;
}
