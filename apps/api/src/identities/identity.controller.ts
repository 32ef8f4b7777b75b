import { findIdentity, type IdentityEntity, IdentityRoleAssignmentEntity, listIdentities } from '@attune/common';
import {
  type IdentityResponse,
  type IdentityRoleAssignmentResponse,
  type IdentitySummary,
  operations,
  type Page,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { found } from '../domain/found.js';
import { iso } from '../domain/wire.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { listAssignments } from './sql/list-assignments.sql.js';

/** Identities have nothing a grant could name: the permission was checked before. */
@Controller()
export class IdentityController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Operation(operations.listIdentities)
  async list({ query }: InputOf<typeof operations.listIdentities>): Promise<Page<IdentitySummary>> {
    const page = await listIdentities(this.dataSource, pageRequest(query));
    const roles = await this.rolesOf(page.rows);
    return countedPage(query, page, (identity) => ({
      ...summaryOf(identity),
      roles: roles.filter(({ identity_id: id }) => id === identity.id).map(({ role }) => role),
    }));
  }

  @Operation(operations.getIdentity)
  async get({ params }: InputOf<typeof operations.getIdentity>): Promise<IdentityResponse> {
    const identity = found('identity', params.id, await findIdentity(this.dataSource, params.id));
    const roles = await this.rolesOf([identity]);
    const assignments = await listAssignments(this.dataSource, identity.id);
    return {
      ...summaryOf(identity),
      roles: roles.map(showRole),
      direct_permissions: assignments.map((assignment) => ({ ...assignment, created: iso(assignment.created) })),
    };
  }

  private rolesOf(identities: readonly IdentityEntity[]): Promise<IdentityRoleAssignmentEntity[]> {
    const where = { identity_id: In(identities.map(({ id }) => id)) };
    return this.dataSource.getRepository(IdentityRoleAssignmentEntity).find({ where, order: { role: 'ASC' } });
  }
}

const summaryOf = ({ id, login, display_name, frozen, attributes }: IdentityEntity) => ({
  id,
  login,
  display_name,
  frozen,
  attributes,
});

const showRole = (role: IdentityRoleAssignmentEntity): IdentityRoleAssignmentResponse => ({
  id: role.id,
  identity_id: role.identity_id,
  role: role.role,
  source: role.source,
  managed: role.managed,
  created: iso(role.created),
  updated: iso(role.updated),
});
