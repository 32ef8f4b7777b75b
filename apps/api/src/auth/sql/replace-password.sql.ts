import { type Database, run, sql } from '@attune/common';

interface PasswordChange {
  readonly identityId: number;
  readonly oldHash: string;
  readonly newHash: string;
}

/** Puts a new password in the place of the one that was checked, and gives the session version from then on; null: it changed meanwhile. */
export async function replacePassword(
  db: Database,
  { identityId, oldHash, newHash }: PasswordChange,
): Promise<number | null> {
  const [row] = await run<{ version: number }>(
    db,
    sql`
    update identity as i
    set password_hash = ${newHash}
    where i.id = ${identityId} and i.password_hash = ${oldHash}
    returning i.session_version as version`,
  );
  return row?.version ?? null;
}
