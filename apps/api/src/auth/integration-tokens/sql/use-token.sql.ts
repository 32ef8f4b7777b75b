import { type Database, run, sql } from '@attune/common';

/** Whom a token stands for. */
export interface TokenOwner {
  readonly tokenId: number;
  readonly id: number;
  readonly login: string;
  readonly display_name: string | null;
  readonly frozen: boolean;
  readonly session_version: number;
}

/** Marks a token that is neither revoked nor expired as used; null when there is no such token. */
export async function useToken(db: Database, hash: string, ip: string): Promise<TokenOwner | null> {
  const [row] = await run<TokenOwner>(
    db,
    sql`
    update integration_token as t
    set last_used_at = now(), last_used_ip = ${ip}::inet
    from identity as i
    where t.token_hash = ${hash}
      and t.revoked_at is null
      and (t.expires_at is null or t.expires_at > now())
      and i.id = t.identity_id
      and not i.frozen
    returning t.id as "tokenId", i.id, i.login, i.display_name, i.frozen, i.session_version`,
  );
  return row ?? null;
}
