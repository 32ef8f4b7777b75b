import { type Database, run, sql } from '@attune/common';
import { type ExternalAccount } from '../external-account.js';

/** Gives the roles a provider names, and tells which are new. One that was given by hand stays so. */
export async function insertManagedRoles(
  db: Database,
  identityId: number,
  { provider, roles }: { readonly provider: ExternalAccount['provider']; readonly roles: readonly string[] },
): Promise<string[]> {
  const rows = await run<{ role: string }>(
    db,
    sql`
    insert into identity_role_assignment as r (identity_id, role, source, managed)
    select ${identityId}, given.role, ${provider}::role_source, true
    from unnest(${roles}::text[]) as given (role)
    on conflict (identity_id, role) do nothing
    returning r.role`,
  );
  return rows.map((row) => row.role);
}
