import { DomainError, findIdentity, type TokenClaims, TokenSigner } from '@attune/common';
import { type TokenResponse } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type HttpExchange } from '../http/exchange.js';
import { INTEGRATION_SCOPE } from './integration-tokens/integration-scope.js';
import { TokenLoginService } from './integration-tokens/token-login.service.js';
import { type TokenPair, TokenPairs } from './token-pair.js';

/** Exchanges a refresh token for new tokens. The old one stays valid until it expires or the password changes. */
@Injectable()
export class RefreshService {
  constructor(
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(TokenPairs) private readonly pairs: TokenPairs,
    @Inject(TokenLoginService) private readonly tokenLogins: TokenLoginService,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  /** @throws DomainError 401, or 403 when the identity is frozen */
  async execute(refreshToken: string, http: HttpExchange): Promise<TokenResponse> {
    const verdict = await this.signer.verify(refreshToken);
    if (verdict.type === 'expired') throw new DomainError('auth.unauthenticated', 'The refresh token has expired');
    if (verdict.type === 'invalid' || verdict.claims.token_type !== 'refresh') throw notValid();
    const { claims } = verdict;
    if (claims.scope === undefined) return this.ofIdentity(claims);
    if (claims.scope !== INTEGRATION_SCOPE) throw notValid();
    const owner = await this.tokenLogins.again(claims, http);
    const { id, login, display_name } = owner;
    return { ...(await this.pairs.makeForIntegration(owner)), user: { id, login, display_name } };
  }

  private async ofIdentity(claims: TokenClaims): Promise<TokenPair> {
    const identity = await findIdentity(this.dataSource, Number(claims.sub));
    if (!identity) throw new DomainError('auth.unauthenticated', 'The identity of this token does not exist any more');
    if (identity.frozen) throw new DomainError('identity.forbidden', 'This identity is frozen');
    // Tokens from before there were versions carry none, and are good until the first change of password.
    if ((claims.session_version ?? 0) !== identity.session_version) {
      throw new DomainError('auth.unauthenticated', 'The password was changed since: log in again');
    }
    return this.pairs.make(identity);
  }
}

const notValid = (): DomainError => new DomainError('auth.unauthenticated', 'The refresh token is not valid');
