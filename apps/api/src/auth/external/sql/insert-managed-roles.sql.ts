import { type Database, execute, sql } from '@attune/common';
import { type ExternalAccount } from '../external-account.js';

/** Gives the roles a provider names. One that was given by hand stays so. */
export async function insertManagedRoles(
  db: Database,
  identityId: number,
  { provider, roles }: { readonly provider: ExternalAccount['provider']; readonly roles: readonly string[] },
): Promise<void> {
  await execute(
    db,
    sql`
    insert into identity_role_assignment as r (identity_id, role, source, managed)
    select ${identityId}, given.role, ${provider}::role_source, true
    from unnest(${roles}::text[]) as given (role)
    on conflict (identity_id, role) do nothing`,
  );
}
