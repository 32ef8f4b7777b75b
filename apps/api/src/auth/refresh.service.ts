import { DomainError, findIdentity, TokenSigner } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type TokenPair, TokenPairs } from './token-pair.js';

/** Exchanges a refresh token for new tokens. The old one stays valid until it expires. */
@Injectable()
export class RefreshService {
  constructor(
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(TokenPairs) private readonly pairs: TokenPairs,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  async execute(refreshToken: string): Promise<TokenPair> {
    const verdict = await this.signer.verify(refreshToken);
    if (verdict.type === 'expired') throw new DomainError('auth.unauthenticated', 'The refresh token has expired');
    // Refresh tokens with a scope belong to integration tokens, whose own validity would have to be looked up first.
    if (verdict.type === 'invalid' || verdict.claims.token_type !== 'refresh' || verdict.claims.scope !== undefined) {
      throw new DomainError('auth.unauthenticated', 'The refresh token is not valid');
    }
    const identity = await findIdentity(this.dataSource, Number(verdict.claims.sub));
    if (!identity) throw new DomainError('auth.unauthenticated', 'The identity of this token does not exist any more');
    if (identity.frozen) throw new DomainError('identity.forbidden', 'This identity is frozen');
    return this.pairs.make(identity);
  }
}
