import { operations, type TokenResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { TokenLoginService } from './integration-tokens/token-login.service.js';
import { LdapLoginService } from './ldap/ldap-login.service.js';
import { LoginService } from './login.service.js';
import { RegistrationService } from './registration.service.js';
import { SignInGate } from './sign-in-gate.js';

/** Ways in for those who have a secret of their own. */
@Controller()
export class AuthController {
  constructor(
    @Inject(SignInGate) private readonly gate: SignInGate,
    @Inject(LoginService) private readonly logins: LoginService,
    @Inject(LdapLoginService) private readonly ldapLogins: LdapLoginService,
    @Inject(TokenLoginService) private readonly tokenLogins: TokenLoginService,
    @Inject(RegistrationService) private readonly registrations: RegistrationService,
  ) {}

  @Operation(operations.login)
  login({ body: { login, password }, http }: InputOf<typeof operations.login>): Promise<TokenResponse> {
    const attempt = { kind: 'login', method: 'password', login } as const;
    return this.gate.enter(http, attempt, () => this.logins.execute(login, password));
  }

  @Operation(operations.logInWithLdap)
  async logInWithLdap({ body, http }: InputOf<typeof operations.logInWithLdap>): Promise<TokenResponse> {
    this.ldapLogins.requireConfigured();
    const { login, password } = body;
    const attempt = { kind: 'login', method: 'ldap', login } as const;
    return await this.gate.enter(http, attempt, () => this.ldapLogins.execute(login, password, http));
  }

  @Operation(operations.logInWithToken)
  logInWithToken({ body, http }: InputOf<typeof operations.logInWithToken>): Promise<TokenResponse> {
    const attempt = { kind: 'token_login', method: 'integration_token', login: null } as const;
    return this.gate.enter(
      http,
      attempt,
      () => this.tokenLogins.execute(body.token, http),
      (owner) => this.tokenLogins.makePair(owner),
    );
  }

  @Operation(operations.register)
  async register({ body, http }: InputOf<typeof operations.register>): Promise<TokenResponse> {
    this.registrations.requireAllowed();
    return await this.gate.register(http, () => this.registrations.execute(body, http));
  }
}
