import { type Database, execute, json, sql } from '@attune/common';
import { type ExternalAccount } from '../external-account.js';

/** Notes whom an account belongs to and what its provider says. An account never moves to another identity. */
export async function saveLink(
  db: Database,
  identityId: number,
  { provider, issuer, subject, profile }: ExternalAccount,
): Promise<void> {
  await execute(
    db,
    sql`
    insert into identity_link as l (identity_id, provider, issuer, subject, profile)
    values (${identityId}, ${provider}::role_source, ${issuer}, ${subject}, ${json(profile)}::jsonb)
    on conflict (identity_id) do update
    set profile = excluded.profile, last_login_at = now()`,
  );
}
