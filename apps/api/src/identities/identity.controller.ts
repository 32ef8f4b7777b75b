import {
  type IdentityResponse,
  type IdentityRoleAssignmentResponse,
  type IdentitySummary,
  operations,
  type Page,
  type SuccessResponse,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { IdentityRolesService } from './identity-roles.service.js';
import { ReadIdentitiesService } from './read-identities.service.js';
import { identityFields, showIdentity, showRole } from './show-identity.js';
import { WriteIdentitiesService } from './write-identities.service.js';

@Controller()
export class IdentityController {
  constructor(
    @Inject(ReadIdentitiesService) private readonly reads: ReadIdentitiesService,
    @Inject(WriteIdentitiesService) private readonly writes: WriteIdentitiesService,
    @Inject(IdentityRolesService) private readonly roles: IdentityRolesService,
  ) {}

  @Operation(operations.listIdentities)
  async list({ query }: InputOf<typeof operations.listIdentities>): Promise<Page<IdentitySummary>> {
    const page = await this.reads.list(pageRequest(query));
    return countedPage(query, page, ({ identity, roles }) => ({ ...identityFields(identity), roles }));
  }

  @Operation(operations.getIdentity)
  async get({ params }: InputOf<typeof operations.getIdentity>): Promise<IdentityResponse> {
    return showIdentity(await this.reads.get(params.id));
  }

  @Operation(operations.createIdentity)
  async create({ caller, body }: InputOf<typeof operations.createIdentity>): Promise<IdentityResponse> {
    return showIdentity(await this.writes.create(caller, body));
  }

  @Operation(operations.updateIdentity)
  async update({ caller, params, body }: InputOf<typeof operations.updateIdentity>): Promise<IdentityResponse> {
    return showIdentity(await this.writes.update(caller, params.id, body));
  }

  @Operation(operations.deleteIdentity)
  async delete({ caller, params }: InputOf<typeof operations.deleteIdentity>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.id);
    return { success: true, message: `Identity ${params.id} deleted` };
  }

  @Operation(operations.freezeIdentity)
  async freeze({ caller, params }: InputOf<typeof operations.freezeIdentity>): Promise<SuccessResponse> {
    await this.writes.setFrozen(caller, params.id, true);
    return { success: true, message: `Identity ${params.id} frozen` };
  }

  @Operation(operations.unfreezeIdentity)
  async unfreeze({ caller, params }: InputOf<typeof operations.unfreezeIdentity>): Promise<SuccessResponse> {
    await this.writes.setFrozen(caller, params.id, false);
    return { success: true, message: `Identity ${params.id} unfrozen` };
  }

  @Operation(operations.addIdentityRole)
  async addRole({
    caller,
    params,
    body,
  }: InputOf<typeof operations.addIdentityRole>): Promise<IdentityRoleAssignmentResponse> {
    return showRole(await this.roles.add(caller, params.id, body.role));
  }

  @Operation(operations.removeIdentityRole)
  async removeRole({ caller, params }: InputOf<typeof operations.removeIdentityRole>): Promise<SuccessResponse> {
    await this.roles.remove(caller, params.id);
    return { success: true, message: `Role assignment ${params.id} removed` };
  }
}
