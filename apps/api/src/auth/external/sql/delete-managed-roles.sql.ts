import { type Database, run, sql } from '@attune/common';
import { type ExternalAccount } from '../external-account.js';

/** Takes away the roles a provider gave before and does not give any more, and tells which. Those given by hand stay. */
export async function deleteManagedRoles(
  db: Database,
  identityId: number,
  { provider, keep }: { readonly provider: ExternalAccount['provider']; readonly keep: readonly string[] },
): Promise<string[]> {
  const rows = await run<{ role: string }>(
    db,
    sql`
    delete from identity_role_assignment as r
    where r.identity_id = ${identityId}
      and r.managed
      and r.source = ${provider}::role_source
      and r.role <> all(${keep}::text[])
    returning r.role`,
  );
  return rows.map((row) => row.role);
}
