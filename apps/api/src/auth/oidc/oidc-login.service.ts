import { DomainError, type OidcSettings } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { type HttpExchange } from '../../http/exchange.js';
import { ExternalLoginService } from '../external/external-login.service.js';
import { type LinkedIdentity } from '../external/sql/find-linked-identity.sql.js';
import { oidcAccount } from './oidc-account.js';
import { type LoginSecrets, OidcClient } from './oidc-client.js';

export interface OidcLogin {
  readonly identity: LinkedIdentity;
  readonly idToken: string;
}

/** Logs people in whom the OpenID Connect provider knows. */
@Injectable()
export class OidcLoginService {
  constructor(
    @Inject(OidcClient) private readonly client: OidcClient,
    @Inject(ExternalLoginService) private readonly external: ExternalLoginService,
  ) {}

  /** @throws DomainError auth.not_implemented */
  requireConfigured(): OidcSettings {
    return this.client.settings;
  }

  /** Where to send the browser, and what it must bring back. */
  async begin(): Promise<{ readonly url: URL; readonly secrets: LoginSecrets }> {
    const secrets = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    return { url: await this.client.authorizationUrl(secrets), secrets };
  }

  /**
   * @throws DomainError 400 when the browser does not come from a login begun here, 401 when the provider does not confirm it,
   * 403 when the identity is frozen
   */
  async finish(
    query: Readonly<Record<string, string>>,
    { state, nonce, verifier }: { readonly [K in keyof LoginSecrets]: LoginSecrets[K] | undefined },
    http: HttpExchange,
  ): Promise<OidcLogin> {
    const { settings } = this.client;
    // Empty is what an expired cookie leaves behind in some clients.
    if (!state || !nonce || !verifier) {
      throw new DomainError('auth.bad_request', 'No login was begun in this browser, or it took too long: begin again');
    }
    const { claims, idToken } = await this.client.redeem(query, { state, nonce, verifier });
    return { identity: await this.external.execute(oidcAccount(claims, settings), http), idToken };
  }
}
