import { Module } from '@nestjs/common';
import { IdentityGuard } from './identity-guard.service.js';
import { IdentityRolesService } from './identity-roles.service.js';
import { IdentityController } from './identity.controller.js';
import { IntegrationTokenController } from './integration-token.controller.js';
import { IntegrationTokensService } from './integration-tokens.service.js';
import { ReadIdentitiesService } from './read-identities.service.js';
import { WriteIdentitiesService } from './write-identities.service.js';

@Module({
  controllers: [IdentityController, IntegrationTokenController],
  providers: [
    IdentityGuard,
    IdentityRolesService,
    IntegrationTokensService,
    ReadIdentitiesService,
    WriteIdentitiesService,
  ],
  exports: [IdentityGuard],
})
export class IdentitiesModule {}
