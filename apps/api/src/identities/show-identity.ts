import { type IdentityEntity, type IdentityRoleAssignmentEntity } from '@attune/common';
import { type IdentityResponse, type IdentityRoleAssignmentResponse } from '@attune/contract';
import { showAssignment } from '../permissions/show-assignment.js';
import { type Assignment } from '../permissions/sql/list-assignments.sql.js';
import { iso } from '../domain/wire.js';

/** An identity with what it was given. */
export interface IdentityWithRights {
  readonly identity: IdentityEntity;
  readonly roles: readonly IdentityRoleAssignmentEntity[];
  readonly assignments: readonly Assignment[];
}

export const showIdentity = ({ identity, roles, assignments }: IdentityWithRights): IdentityResponse => ({
  ...identityFields(identity),
  roles: roles.map(showRole),
  direct_permissions: assignments.map(showAssignment),
});

/** What lists show as well. */
export const identityFields = ({ id, login, display_name, frozen, attributes }: IdentityEntity) => ({
  id,
  login,
  display_name,
  frozen,
  attributes,
});

export const showRole = (role: IdentityRoleAssignmentEntity): IdentityRoleAssignmentResponse => ({
  id: role.id,
  identity_id: role.identity_id,
  role: role.role,
  source: role.source,
  managed: role.managed,
  created: iso(role.created),
  updated: iso(role.updated),
});
