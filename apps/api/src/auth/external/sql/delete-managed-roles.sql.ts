import { type Database, execute, sql } from '@attune/common';
import { type ExternalAccount } from '../external-account.js';

/** Takes away the roles a provider gave before and does not give any more. Those given by hand stay. */
export async function deleteManagedRoles(
  db: Database,
  identityId: number,
  { provider, keep }: { readonly provider: ExternalAccount['provider']; readonly keep: readonly string[] },
): Promise<void> {
  await execute(
    db,
    sql`
    delete from identity_role_assignment as r
    where r.identity_id = ${identityId}
      and r.managed
      and r.source = ${provider}::role_source
      and r.role <> all(${keep}::text[])`,
  );
}
