import { CONFIG, type Config, DomainError } from '@attune/common';
import { type CurrentUserResponse, operations, type TokenResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { ACCESS_COOKIE } from '../access/authentication.service.js';
import { cookieOf, setCookieHeader } from '../http/cookies.js';
import { type HttpExchange } from '../http/exchange.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { CurrentUserService } from './current-user.service.js';
import { LoginService } from './login.service.js';
import { RefreshService } from './refresh.service.js';
import { type TokenPair, TokenPairs } from './token-pair.js';

const REFRESH_COOKIE = 'attune_refresh_token';

@Controller()
export class AuthController {
  constructor(
    @Inject(LoginService) private readonly logins: LoginService,
    @Inject(RefreshService) private readonly refreshes: RefreshService,
    @Inject(CurrentUserService) private readonly currentUsers: CurrentUserService,
    @Inject(TokenPairs) private readonly pairs: TokenPairs,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Operation(operations.login)
  async login({ body }: InputOf<typeof operations.login>): Promise<TokenResponse> {
    const identity = await this.logins.execute(body.login, body.password);
    const { id, login, display_name } = identity;
    return { ...(await this.pairs.make(identity)), user: { id, login, display_name } };
  }

  /** With a body: tokens in, tokens out. Without: the browser's cookies are renewed as well. */
  @Operation(operations.refreshToken)
  async refresh({ body, http }: InputOf<typeof operations.refreshToken>): Promise<TokenResponse> {
    if (body) return this.refreshes.execute(body.refresh_token);
    const token = cookieOf(http.header('cookie'), REFRESH_COOKIE);
    if (token === undefined) throw new DomainError('auth.unauthenticated', 'There is no refresh token');
    const pair = await this.refreshes.execute(token);
    this.setCookies(http, pair);
    return pair;
  }

  @Operation(operations.getCurrentUser)
  me({ caller }: InputOf<typeof operations.getCurrentUser>): Promise<CurrentUserResponse> {
    return this.currentUsers.execute(caller);
  }

  private setCookies(http: HttpExchange, pair: TokenPair): void {
    const { accessTokenSeconds, refreshTokenSeconds } = this.config.security;
    const isSecure = this.config.environment === 'production';
    const access = { maxAgeSeconds: accessTokenSeconds, isSecure };
    http.setCookie(setCookieHeader(ACCESS_COOKIE, pair.access_token, access));
    http.setCookie(
      setCookieHeader(REFRESH_COOKIE, pair.refresh_token, { maxAgeSeconds: refreshTokenSeconds, isSecure }),
    );
  }
}
