import { CONFIG, type Config, DomainError, LOGGER, type Logger, messageOf, type OidcSettings } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import * as openid from 'openid-client';
import { type Claims } from './oidc-account.js';

/** What the browser keeps between the two halves of a login. */
export interface LoginSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface RedeemedLogin {
  readonly idToken: string;
  readonly claims: Claims;
}

/** Clocks of two machines may differ by this much (s). */
const LEEWAY_SECONDS = 60;

/** Errors that are about the way to the provider, or its condition, and not about the person who logs in. */
const OUTAGES: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

/** Talks to the OpenID Connect provider. Its metadata is read once, at the first login; a failed try is repeated at the next. */
@Injectable()
export class OidcClient {
  private provider: Promise<openid.Configuration> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws DomainError auth.not_implemented */
  get settings(): OidcSettings {
    const { oidc } = this.config.security;
    if (oidc.enabled) return oidc;
    throw new DomainError('auth.not_implemented', 'Single sign-on is not configured');
  }

  /** Where a browser begins a login. */
  async authorizationUrl({ state, nonce, verifier }: LoginSecrets): Promise<URL> {
    const { redirectUri, scopes } = this.settings;
    const provider = await this.discover();
    return openid.buildAuthorizationUrl(provider, {
      redirect_uri: redirectUri,
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Exchanges what the provider sent the browser back with. State, nonce, issuer, audience, times and signature are checked.
   * @throws DomainError 401 when something does not fit, 503 when the provider cannot be asked
   */
  async redeem(
    query: Readonly<Record<string, string>>,
    { state, nonce, verifier }: LoginSecrets,
  ): Promise<RedeemedLogin> {
    const url = new URL(this.settings.redirectUri);
    url.search = new URLSearchParams(query).toString();
    const provider = await this.discover();
    try {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const tokens = await openid.authorizationCodeGrant(provider, url, checks);
      const claims = tokens.claims();
      if (!claims || tokens.id_token === undefined) throw new Error('no ID token');
      const hasUserInfo = provider.serverMetadata().userinfo_endpoint !== undefined;
      const more = hasUserInfo ? await openid.fetchUserInfo(provider, tokens.access_token, claims.sub) : {};
      return { idToken: tokens.id_token, claims: { ...more, ...claims } };
    } catch (error) {
      throw this.refusal(error);
    }
  }

  /** Where a browser ends its session at the provider; null when that has no such place or cannot be asked. */
  async endSessionUrl(idToken: string): Promise<URL | null> {
    const { postLogoutRedirectUri, redirectUri } = this.settings;
    try {
      const provider = await this.discover();
      if (provider.serverMetadata().end_session_endpoint === undefined) return null;
      return openid.buildEndSessionUrl(provider, {
        id_token_hint: idToken,
        post_logout_redirect_uri: postLogoutRedirectUri ?? new URL('/login', redirectUri).href,
      });
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
  }

  private async discover(): Promise<openid.Configuration> {
    this.provider ??= discoverProvider(this.settings);
    try {
      return await this.provider;
    } catch (error) {
      this.provider = undefined;
      this.logger.warn({ reason: messageOf(error) }, 'the metadata of the OpenID Connect provider cannot be read');
      throw unavailable(error);
    }
  }

  private refusal(error: unknown): DomainError {
    const code = error instanceof openid.ClientError ? (error.code ?? '') : '';
    const isOutage = OUTAGES.has(code) || (error instanceof TypeError && error.message === 'fetch failed');
    // Neither message nor cause: the provider's answers are in there.
    const reason =
      error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError
        ? error.error
        : code;
    if (isOutage) this.logger.warn({ reason }, 'the OpenID Connect provider cannot be asked');
    else this.logger.info({ reason }, 'OpenID Connect login refused');
    return isOutage
      ? unavailable(error)
      : new DomainError('auth.unauthenticated', 'The provider did not confirm this login: begin again');
  }
}

const unavailable = (cause: unknown): DomainError =>
  new DomainError('auth.unavailable', 'The identity provider cannot be reached at the moment', {}, { cause });

function discoverProvider({ issuer, clientId, clientSecret, allowHttp, timeoutMs }: OidcSettings) {
  const metadata = {
    [openid.clockTolerance]: LEEWAY_SECONDS,
    ...(clientSecret !== null && { client_secret: clientSecret }),
  };
  const authentication = clientSecret === null ? openid.None() : undefined;
  // By default the signature is trusted to TLS; checking it costs one request for the keys.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to be noticed; an operator asked for it
  const execute = [openid.enableNonRepudiationChecks, ...(allowHttp ? [openid.allowInsecureRequests] : [])];
  return openid.discovery(new URL(issuer), clientId, metadata, authentication, { execute, timeout: timeoutMs / 1000 });
}
