import {
  operations,
  type PermissionAssignmentResponse,
  type PermissionSetRoleAssignmentResponse,
  type PermissionSetSummary,
  type SuccessResponse,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { PermissionAssignmentsService } from './permission-assignments.service.js';
import { PermissionSetsService } from './permission-sets.service.js';
import { showAssignment } from './show-assignment.js';
import { showSetRole } from './show-permission-set.js';

/** Permissions have nothing a grant could name: the permission was checked before. Who holds permissions:manage may give any right. */
@Controller()
export class PermissionController {
  constructor(
    @Inject(PermissionSetsService) private readonly sets: PermissionSetsService,
    @Inject(PermissionAssignmentsService) private readonly assignments: PermissionAssignmentsService,
  ) {}

  @Operation(operations.listIdentityPermissions)
  async listOfIdentity({
    params,
  }: InputOf<typeof operations.listIdentityPermissions>): Promise<PermissionAssignmentResponse[]> {
    return (await this.assignments.listOf(params.id)).map(showAssignment);
  }

  @Operation(operations.listPermissionSets)
  listSets({ query }: InputOf<typeof operations.listPermissionSets>): Promise<PermissionSetSummary[]> {
    return this.sets.list(query.pack_ref);
  }

  @Operation(operations.updatePermissionSet)
  updateSet({ caller, params, body }: InputOf<typeof operations.updatePermissionSet>): Promise<PermissionSetSummary> {
    return this.sets.update(caller, params.id, body);
  }

  @Operation(operations.assignPermissionSet)
  async assign({
    caller,
    body,
  }: InputOf<typeof operations.assignPermissionSet>): Promise<PermissionAssignmentResponse> {
    return showAssignment(await this.assignments.assign(caller, body));
  }

  @Operation(operations.removePermissionAssignment)
  async removeAssignment({
    caller,
    params,
  }: InputOf<typeof operations.removePermissionAssignment>): Promise<SuccessResponse> {
    await this.assignments.remove(caller, params.id);
    return { success: true, message: `Permission assignment ${params.id} removed` };
  }

  @Operation(operations.bindPermissionSetToRole)
  async bind({
    caller,
    params,
    body,
  }: InputOf<typeof operations.bindPermissionSetToRole>): Promise<PermissionSetRoleAssignmentResponse> {
    return showSetRole(await this.sets.bindToRole(caller, params.id, body.role));
  }

  @Operation(operations.unbindPermissionSetFromRole)
  async unbind({ caller, params }: InputOf<typeof operations.unbindPermissionSetFromRole>): Promise<SuccessResponse> {
    await this.sets.unbindFromRole(caller, params.id);
    return { success: true, message: `Role assignment ${params.id} removed` };
  }
}
