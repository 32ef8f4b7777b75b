import { createSecretKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { readHs256 } from './hs256.js';

/** Kinds of token; each reaches only what it is for. */
export type TokenType = 'access' | 'refresh' | 'sensor' | 'execution' | 'worker';

const claims = z.object({
  sub: z.string().regex(/^\d+$/),
  login: z.string(),
  token_type: z.enum(['access', 'refresh', 'sensor', 'execution', 'worker']),
  scope: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  session_version: z.int().optional(),
  // We write neither: a token with one of them was made by somebody else with the same secret, for somebody else.
  iss: z.undefined().optional(),
  aud: z.undefined().optional(),
  iat: z.number(),
  nbf: z.number().optional(),
  exp: z.number(),
});

/**
 * What a valid token says. `sub` is the identity's id as text; `iat` and `exp` are seconds since 1970. `session_version` is
 * that of the identity when a refresh token was made.
 */
export type TokenClaims = z.output<typeof claims>;

export interface TokenRequest {
  readonly identityId: number;
  readonly login: string;
  readonly type: TokenType;
  readonly lifetimeSeconds: number;
  readonly scope?: string;
  readonly sessionVersion?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export type TokenVerdict =
  | { readonly type: 'valid'; readonly claims: TokenClaims }
  | { readonly type: 'expired' }
  | { readonly type: 'invalid' };

/** Clocks of two machines may differ by this much (s). */
const LEEWAY_SECONDS = 60;

/** Signs and checks our JWTs (HS256). Holds the key, does no I/O, safe to share. */
export class TokenSigner {
  private readonly key: KeyObject;

  constructor(secret: string) {
    this.key = createSecretKey(secret, 'utf8');
  }

  sign(request: TokenRequest): Promise<string> {
    const issuedAt = Math.floor(Date.now() / 1000);
    return new SignJWT({
      login: request.login,
      token_type: request.type,
      ...(request.scope === undefined ? {} : { scope: request.scope }),
      ...(request.sessionVersion === undefined ? {} : { session_version: request.sessionVersion }),
      ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(String(request.identityId))
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + request.lifetimeSeconds)
      .sign(this.key);
  }

  verify(token: string): TokenVerdict {
    const parsed = claims.safeParse(readHs256(token, this.key));
    if (!parsed.success) return { type: 'invalid' };
    const { nbf, exp } = parsed.data;
    const now = Math.floor(Date.now() / 1000);
    if (nbf !== undefined && nbf > now + LEEWAY_SECONDS) return { type: 'invalid' };
    return exp <= now - LEEWAY_SECONDS ? { type: 'expired' } : { type: 'valid', claims: parsed.data };
  }
}
