import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

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
  private readonly key: Uint8Array;

  constructor(secret: string) {
    this.key = new TextEncoder().encode(secret);
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

  async verify(token: string): Promise<TokenVerdict> {
    try {
      const { payload } = await jwtVerify(token, this.key, { algorithms: ['HS256'], clockTolerance: LEEWAY_SECONDS });
      const parsed = claims.safeParse(payload);
      return parsed.success ? { type: 'valid', claims: parsed.data } : { type: 'invalid' };
    } catch (error) {
      return { type: error instanceof errors.JWTExpired ? 'expired' : 'invalid' };
    }
  }
}
