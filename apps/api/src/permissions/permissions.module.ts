import { Module } from '@nestjs/common';
import { IdentitiesModule } from '../identities/identities.module.js';
import { PermissionAssignmentsService } from './permission-assignments.service.js';
import { PermissionSetsService } from './permission-sets.service.js';
import { PermissionController } from './permission.controller.js';

@Module({
  imports: [IdentitiesModule],
  controllers: [PermissionController],
  providers: [PermissionAssignmentsService, PermissionSetsService],
})
export class PermissionsModule {}
