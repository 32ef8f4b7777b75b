import { Global, Module } from '@nestjs/common';
import { AccessService } from './access.service.js';
import { AuthenticationService } from './authentication.service.js';
import { DelegationService } from './delegation.service.js';
import { IdentityRightsReader } from './identity-rights-reader.service.js';

/** Who asks and what they may do: every feature needs it. */
@Global()
@Module({
  providers: [AccessService, AuthenticationService, DelegationService, IdentityRightsReader],
  exports: [AccessService, AuthenticationService, DelegationService],
})
export class AccessModule {}
