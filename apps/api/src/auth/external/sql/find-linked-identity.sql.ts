import { type Database, run, sql } from '@attune/common';
import { type ExternalAccount } from '../external-account.js';

export interface LinkedIdentity {
  readonly id: number;
  readonly login: string;
  readonly display_name: string | null;
  readonly frozen: boolean;
  readonly session_version: number;
}

/** The identity an outside account belongs to, locked; null when it was never here. */
export async function findLinkedIdentity(
  db: Database,
  { provider, issuer, subject }: Pick<ExternalAccount, 'provider' | 'issuer' | 'subject'>,
): Promise<LinkedIdentity | null> {
  const [row] = await run<LinkedIdentity>(
    db,
    sql`
    select i.id, i.login, i.display_name, i.frozen, i.session_version
    from identity_link as l
    join identity as i on i.id = l.identity_id
    where l.provider = ${provider}::role_source and l.issuer = ${issuer} and l.subject = ${subject}
    for update of i`,
  );
  return row ?? null;
}
