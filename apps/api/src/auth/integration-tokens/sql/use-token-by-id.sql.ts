import { type Database, run, sql } from '@attune/common';
import { type TokenOwner } from './use-token.sql.js';

interface Wanted {
  readonly tokenId: number;
  readonly identityId: number;
  readonly ip: string;
}

/** The same for a token that was shown before, when its refresh token was made. */
export async function useTokenById(db: Database, { tokenId, identityId, ip }: Wanted): Promise<TokenOwner | null> {
  const [row] = await run<TokenOwner>(
    db,
    sql`
    update integration_token as t
    set last_used_at = now(), last_used_ip = ${ip}::inet
    from identity as i
    where t.id = ${tokenId}
      and t.identity_id = ${identityId}
      and t.revoked_at is null
      and (t.expires_at is null or t.expires_at > now())
      and i.id = t.identity_id
      and not i.frozen
    returning t.id as "tokenId", i.id, i.login, i.display_name, i.frozen, i.session_version`,
  );
  return row ?? null;
}
