import { type CurrentUserResponse, operations, type SuccessResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { ChangePasswordService } from './change-password.service.js';
import { CurrentUserService } from './current-user.service.js';
import { COOKIE, SessionCookies } from './session-cookies.js';
import { LoginThrottle } from './throttle/login-throttle.js';
import { TokenPairs } from './token-pair.js';

/** What callers may know and change about themselves. */
@Controller()
export class CurrentUserController {
  constructor(
    @Inject(CurrentUserService) private readonly currentUsers: CurrentUserService,
    @Inject(ChangePasswordService) private readonly passwords: ChangePasswordService,
    @Inject(LoginThrottle) private readonly throttle: LoginThrottle,
    @Inject(SessionCookies) private readonly cookies: SessionCookies,
    @Inject(TokenPairs) private readonly pairs: TokenPairs,
  ) {}

  @Operation(operations.getCurrentUser)
  me({ caller }: InputOf<typeof operations.getCurrentUser>): Promise<CurrentUserResponse> {
    return this.currentUsers.execute(caller);
  }

  @Operation(operations.updateCurrentUser)
  update({ caller, body }: InputOf<typeof operations.updateCurrentUser>): Promise<CurrentUserResponse> {
    return this.currentUsers.rename(caller, body.display_name);
  }

  /** A browser stays logged in; whoever works with tokens logs in again once its access token expires. */
  @Operation(operations.changePassword)
  async changePassword({ caller, body, http }: InputOf<typeof operations.changePassword>): Promise<SuccessResponse> {
    const subject = await this.throttle.guard(http, caller.facts.login, () => this.passwords.execute(caller, body));
    const isBrowser = this.cookies.read(http, COOKIE.access) !== undefined;
    if (isBrowser) this.cookies.setSession(http, await this.pairs.make(subject));
    return { success: true, message: 'The password was changed; other sessions end with their access tokens' };
  }
}
