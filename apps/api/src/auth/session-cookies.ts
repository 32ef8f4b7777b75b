import { CONFIG, type Config } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { ACCESS_COOKIE } from '../access/authentication.service.js';
import { cookieOf, setCookieHeader } from '../http/cookies.js';
import { type HttpExchange } from '../http/exchange.js';
import { type TokenPair } from './token-pair.js';

export const COOKIE = {
  access: ACCESS_COOKIE,
  refresh: 'attune_refresh_token',
  idToken: 'attune_oidc_id_token',
  state: 'attune_oidc_state',
  nonce: 'attune_oidc_nonce',
  verifier: 'attune_oidc_pkce_verifier',
  redirectTo: 'attune_oidc_redirect_to',
  cliRedirect: 'attune_oidc_cli_redirect',
} as const;

type Cookie = (typeof COOKIE)[keyof typeof COOKIE];

/** Of a login under way. */
const LOGIN_COOKIES = [COOKIE.state, COOKIE.nonce, COOKIE.verifier, COOKIE.redirectTo, COOKIE.cliRedirect] as const;

/** How long (s) a person may take to log in at the provider. */
const LOGIN_SECONDS = 600;

/** Browsers drop a cookie that is larger (bytes, with its name and attributes), or all of them. */
const MAX_COOKIE_BYTES = 3_800;

/** What the pages of a login may read. */
const READABLE: ReadonlySet<Cookie> = new Set([COOKIE.redirectTo, COOKIE.cliRedirect]);

/** Everything browsers keep for us. */
@Injectable()
export class SessionCookies {
  private readonly isSecure: boolean;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    const { redirectUri } = config.security.oidc;
    this.isSecure = config.environment === 'production' || redirectUri?.startsWith('https:') === true;
  }

  read(http: HttpExchange, name: Cookie): string | undefined {
    const value = cookieOf(http.header('cookie'), name);
    return value === undefined ? undefined : decode(value);
  }

  setSession(http: HttpExchange, pair: TokenPair): void {
    const { accessTokenSeconds, refreshTokenSeconds } = this.config.security;
    this.set(http, COOKIE.access, pair.access_token, accessTokenSeconds);
    this.set(http, COOKIE.refresh, pair.refresh_token, refreshTokenSeconds);
  }

  /** Kept to end the session at the provider as well. One that does not fit is left out: the provider asks then. */
  setIdToken(http: HttpExchange, idToken: string): void {
    if (idToken.length > MAX_COOKIE_BYTES) this.expire(http, COOKIE.idToken);
    else this.set(http, COOKIE.idToken, idToken, this.config.security.refreshTokenSeconds);
  }

  /** Values of a login under way. What is not given is removed, or it would still be there from a login that was given up. */
  setLogin(http: HttpExchange, values: Readonly<Partial<Record<(typeof LOGIN_COOKIES)[number], string>>>): void {
    for (const name of LOGIN_COOKIES) {
      const value = values[name];
      if (value === undefined) this.expire(http, name);
      else this.set(http, name, value, LOGIN_SECONDS);
    }
  }

  clearLogin(http: HttpExchange): void {
    this.setLogin(http, {});
  }

  clearAll(http: HttpExchange): void {
    for (const name of Object.values(COOKIE)) this.expire(http, name);
  }

  private expire(http: HttpExchange, name: Cookie): void {
    this.set(http, name, '', 0);
  }

  private set(http: HttpExchange, name: Cookie, value: string, maxAgeSeconds: number): void {
    const options = { maxAgeSeconds, isSecure: this.isSecure, isReadable: READABLE.has(name) };
    http.setCookie(setCookieHeader(name, encodeURIComponent(value), options));
  }
}

/** Somebody else may have written the cookie. */
function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
