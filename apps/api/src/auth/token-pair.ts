import { CONFIG, type Config, type TokenRequest, TokenSigner } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { INTEGRATION_SCOPE } from './integration-tokens/integration-scope.js';
import { type TokenOwner } from './integration-tokens/sql/use-token.sql.js';

export interface TokenPair {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: 'Bearer';
  /** Lifetime (s) of the access token. */
  readonly expires_in: number;
}

/** Whom tokens are made for. */
export interface TokenSubject {
  readonly id: number;
  readonly login: string;
  /** What a refresh token must carry to be good, once there was a change of password. */
  readonly session_version: number;
}

/** Makes the two tokens a logged-in identity works with. */
@Injectable()
export class TokenPairs {
  constructor(
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  make({ id, login, session_version: sessionVersion }: TokenSubject): Promise<TokenPair> {
    return this.pair({ identityId: id, login }, { identityId: id, login, sessionVersion });
  }

  /** The refresh token belongs to the integration token, and is good for as long as that is. */
  makeForIntegration({ id, login, tokenId }: TokenOwner): Promise<TokenPair> {
    const metadata = { identity_id: id, integration_token_id: tokenId, auth_method: INTEGRATION_SCOPE };
    return this.pair({ identityId: id, login }, { identityId: tokenId, login, scope: INTEGRATION_SCOPE, metadata });
  }

  private async pair(
    forAccess: Pick<TokenRequest, 'identityId' | 'login'>,
    forRefresh: Omit<TokenRequest, 'type' | 'lifetimeSeconds'>,
  ): Promise<TokenPair> {
    const { accessTokenSeconds, refreshTokenSeconds } = this.config.security;
    const [access, refresh] = await Promise.all([
      this.signer.sign({ ...forAccess, type: 'access', lifetimeSeconds: accessTokenSeconds }),
      this.signer.sign({ ...forRefresh, type: 'refresh', lifetimeSeconds: refreshTokenSeconds }),
    ]);
    return { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: accessTokenSeconds };
  }
}
