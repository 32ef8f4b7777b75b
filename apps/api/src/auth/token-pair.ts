import { CONFIG, type Config, type IdentityEntity, TokenSigner } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';

export interface TokenPair {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: 'Bearer';
  /** Lifetime (s) of the access token. */
  readonly expires_in: number;
}

/** Makes the two tokens a logged-in identity works with. */
@Injectable()
export class TokenPairs {
  constructor(
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async make({ id, login }: Pick<IdentityEntity, 'id' | 'login'>): Promise<TokenPair> {
    const { accessTokenSeconds, refreshTokenSeconds } = this.config.security;
    const identity = { identityId: id, login };
    const [access, refresh] = await Promise.all([
      this.signer.sign({ ...identity, type: 'access', lifetimeSeconds: accessTokenSeconds }),
      this.signer.sign({ ...identity, type: 'refresh', lifetimeSeconds: refreshTokenSeconds }),
    ]);
    return { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: accessTokenSeconds };
  }
}
