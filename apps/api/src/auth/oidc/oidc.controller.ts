import { operations } from '@attune/contract';
import { Controller, Inject, StreamableFile } from '@nestjs/common';
import { type HttpExchange } from '../../http/exchange.js';
import { type InputOf, Operation } from '../../http/operation.decorator.js';
import { COOKIE, SessionCookies } from '../session-cookies.js';
import { SignInAudit } from '../sign-in-audit.js';
import { type TokenPair, TokenPairs } from '../token-pair.js';
import { cliPage } from './cli-page.js';
import { type OidcLogin, OidcLoginService } from './oidc-login.service.js';
import { requireLocalPath, requireLoopbackAddress } from './redirect-targets.js';

/** Sends browsers to the identity provider and takes them back, for themselves or for a command line that waits. */
@Controller()
export class OidcController {
  constructor(
    @Inject(OidcLoginService) private readonly logins: OidcLoginService,
    @Inject(SessionCookies) private readonly cookies: SessionCookies,
    @Inject(SignInAudit) private readonly audit: SignInAudit,
    @Inject(TokenPairs) private readonly pairs: TokenPairs,
  ) {}

  @Operation(operations.beginOidcLogin)
  async begin({ query, http }: InputOf<typeof operations.beginOidcLogin>): Promise<undefined> {
    this.logins.requireConfigured();
    const { redirect_to: path, cli_redirect_uri: address } = query;
    const targets = {
      ...(path !== undefined && { [COOKIE.redirectTo]: requireLocalPath(path) }),
      ...(address !== undefined && { [COOKIE.cliRedirect]: requireLoopbackAddress(address).href }),
    };
    const { url, secrets } = await this.logins.begin();
    this.cookies.setLogin(http, {
      [COOKIE.state]: secrets.state,
      [COOKIE.nonce]: secrets.nonce,
      [COOKIE.verifier]: secrets.verifier,
      ...targets,
    });
    redirect(http, url.href);
  }

  @Operation(operations.finishOidcLogin)
  async finish({ query, http }: InputOf<typeof operations.finishOidcLogin>): Promise<StreamableFile | undefined> {
    const path = this.cookies.read(http, COOKIE.redirectTo);
    const address = this.cookies.read(http, COOKIE.cliRedirect);
    const { identity, idToken } = await this.login(query, http);
    const pair = await this.pairs.make(identity);
    if (address !== undefined) return showCliPage(http, requireLoopbackAddress(address), pair);
    this.cookies.setSession(http, pair);
    this.cookies.setIdToken(http, idToken);
    const fragment = new URLSearchParams({
      access_token: pair.access_token,
      refresh_token: pair.refresh_token,
      expires_in: String(pair.expires_in),
      // Scripts of our pages may have written it since.
      redirect_to: path === undefined ? '/' : requireLocalPath(path),
    });
    redirect(http, `/login/callback#${fragment.toString()}`);
    return undefined;
  }

  /** The cookies of a login are used up by one try, however it ends. */
  private login(query: InputOf<typeof operations.finishOidcLogin>['query'], http: HttpExchange): Promise<OidcLogin> {
    const secrets = {
      state: this.cookies.read(http, COOKIE.state),
      nonce: this.cookies.read(http, COOKIE.nonce),
      verifier: this.cookies.read(http, COOKIE.verifier),
    };
    this.cookies.clearLogin(http);
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const attempt = { kind: 'login', method: 'oidc', login: null } as const;
    return this.audit.watch(
      http,
      attempt,
      () => this.logins.finish(Object.fromEntries(given), secrets, http),
      ({ identity }) => identity,
    );
  }
}

function redirect(http: HttpExchange, location: string): void {
  http.setHeader('cache-control', 'no-store');
  http.setHeader('location', location);
}

/** The page holds tokens: nothing of it may be kept, framed, or told to anybody. */
function showCliPage(http: HttpExchange, target: URL, pair: TokenPair): StreamableFile {
  const { html, contentSecurityPolicy } = cliPage(target, pair);
  http.setStatus(200);
  http.setHeader('content-security-policy', contentSecurityPolicy);
  http.setHeader('cache-control', 'no-store');
  http.setHeader('referrer-policy', 'no-referrer');
  http.setHeader('x-content-type-options', 'nosniff');
  return new StreamableFile(Buffer.from(html), { type: 'text/html; charset=utf-8' });
}
