import { DomainError, INTEGRATION_TOKEN_PREFIX, integrationTokenHash, type TokenClaims } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { type HttpExchange } from '../../http/exchange.js';
import { type TokenPair, TokenPairs } from '../token-pair.js';
import { useTokenById } from './sql/use-token-by-id.sql.js';
import { type TokenOwner, useToken } from './sql/use-token.sql.js';
import { INTEGRATION_SCOPE } from './integration-scope.js';

const refreshMetadata = z.object({
  identity_id: z.int(),
  integration_token_id: z.int(),
  auth_method: z.literal(INTEGRATION_SCOPE),
});

/** Finds out whom an integration token stands for. */
@Injectable()
export class TokenLoginService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(TokenPairs) private readonly pairs: TokenPairs,
  ) {}

  makePair(owner: TokenOwner): Promise<TokenPair> {
    return this.pairs.makeForIntegration(owner);
  }

  /** @throws DomainError auth.unauthenticated, whether the token is unknown, revoked, expired, or its owner frozen */
  async execute(token: string, http: HttpExchange): Promise<TokenOwner> {
    const owner = token.startsWith(INTEGRATION_TOKEN_PREFIX)
      ? await useToken(this.dataSource, integrationTokenHash(token), http.ip)
      : null;
    if (!owner) throw new DomainError('auth.unauthenticated', 'The integration token is not valid');
    return owner;
  }

  /**
   * For a refresh: the integration token must still be good.
   * @throws DomainError auth.unauthenticated
   */
  async again({ sub, metadata }: TokenClaims, http: HttpExchange): Promise<TokenOwner> {
    const parsed = refreshMetadata.safeParse(metadata);
    if (!parsed.success || sub !== String(parsed.data.integration_token_id)) {
      throw new DomainError('auth.unauthenticated', 'The refresh token is not valid');
    }
    const { identity_id: identityId, integration_token_id: tokenId } = parsed.data;
    const owner = await useTokenById(this.dataSource, { tokenId, identityId, ip: http.ip });
    if (!owner) throw new DomainError('auth.unauthenticated', 'The integration token is not valid any more');
    return owner;
  }
}
