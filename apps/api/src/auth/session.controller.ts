import { CONFIG, type Config, DomainError } from '@attune/common';
import { type AuthSettingsResponse, operations, type TokenResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type HttpExchange } from '../http/exchange.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { requireOwnOrigin } from '../http/own-origin.js';
import { authSettings } from './auth-settings.js';
import { OidcClient } from './oidc/oidc-client.js';
import { RenewalService } from './renewal.service.js';
import { COOKIE, SessionCookies } from './session-cookies.js';

/** Sessions go on and end; and what a login page needs to know before there is one. */
@Controller()
export class SessionController {
  constructor(
    @Inject(RenewalService) private readonly renewals: RenewalService,
    @Inject(SessionCookies) private readonly cookies: SessionCookies,
    @Inject(OidcClient) private readonly oidc: OidcClient,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Operation(operations.getAuthSettings)
  settings(): AuthSettingsResponse {
    return authSettings(this.config);
  }

  /**
   * With a body: tokens in, tokens out. Without: a sensor shows its token and gets another one, or the cookies of a browser are
   * renewed.
   */
  @Operation(operations.refreshToken)
  async refresh({ body, http }: InputOf<typeof operations.refreshToken>): Promise<TokenResponse> {
    if (body) return this.renewals.refresh(http, body.refresh_token);
    const renewed = await this.renewals.renewSensor(http);
    // The contract describes what people get; sensors, which are no clients of it, have one token and no other to refresh it.
    if (renewed) return renewed as unknown as TokenResponse;
    return this.refreshCookies(http);
  }

  @Operation(operations.logOut)
  async logOut({ http }: InputOf<typeof operations.logOut>): Promise<undefined> {
    const idToken = this.cookies.read(http, COOKIE.idToken);
    this.cookies.clearAll(http);
    const isAtProvider = this.config.security.oidc.enabled && idToken !== undefined && idToken !== '';
    const url = isAtProvider ? await this.oidc.endSessionUrl(idToken) : null;
    http.setHeader('cache-control', 'no-store');
    http.setHeader('location', url?.href ?? '/login');
  }

  private async refreshCookies(http: HttpExchange): Promise<TokenResponse> {
    const token = this.cookies.read(http, COOKIE.refresh);
    if (token === undefined) throw new DomainError('auth.unauthenticated', 'There is no refresh token');
    requireOwnOrigin(operations.refreshToken, http, this.config.server.corsOrigins);
    const pair = await this.renewals.refresh(http, token);
    this.cookies.setSession(http, pair);
    return pair;
  }
}
