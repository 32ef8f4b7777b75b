import { Module } from '@nestjs/common';
import { AuthController } from './auth.controller.js';
import { ChangePasswordService } from './change-password.service.js';
import { CurrentUserController } from './current-user.controller.js';
import { CurrentUserService } from './current-user.service.js';
import { ExternalLoginService } from './external/external-login.service.js';
import { TokenLoginService } from './integration-tokens/token-login.service.js';
import { LdapDirectory } from './ldap/ldap-directory.js';
import { LdapLoginService } from './ldap/ldap-login.service.js';
import { LoginService } from './login.service.js';
import { OidcClient } from './oidc/oidc-client.js';
import { OidcLoginService } from './oidc/oidc-login.service.js';
import { OidcController } from './oidc/oidc.controller.js';
import { RefreshService } from './refresh.service.js';
import { RegistrationService } from './registration.service.js';
import { RenewalService } from './renewal.service.js';
import { SensorTokenController } from './sensor-tokens/sensor-token.controller.js';
import { SensorTokensService } from './sensor-tokens/sensor-tokens.service.js';
import { SessionCookies } from './session-cookies.js';
import { SessionController } from './session.controller.js';
import { SignInAudit } from './sign-in-audit.js';
import { SignInGate } from './sign-in-gate.js';
import { AttemptCleanupService } from './throttle/attempt-cleanup.service.js';
import { LoginThrottle } from './throttle/login-throttle.js';
import { TokenPairs } from './token-pair.js';

@Module({
  controllers: [AuthController, CurrentUserController, OidcController, SensorTokenController, SessionController],
  providers: [
    AttemptCleanupService,
    ChangePasswordService,
    CurrentUserService,
    ExternalLoginService,
    LdapDirectory,
    LdapLoginService,
    LoginService,
    LoginThrottle,
    OidcClient,
    OidcLoginService,
    RefreshService,
    RegistrationService,
    RenewalService,
    SensorTokensService,
    SessionCookies,
    SignInAudit,
    SignInGate,
    TokenLoginService,
    TokenPairs,
  ],
})
export class AuthModule {}
