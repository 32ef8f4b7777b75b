import { type PermissionSetEntity } from '@attune/common';
import { type PermissionSetRoleAssignmentResponse, type PermissionSetSummary } from '@attune/contract';
import { readGrants } from '../access/grants.js';
import { iso } from '../domain/wire.js';
import { type SetRole } from './sql/list-set-roles.sql.js';

/** A permission set with the roles it is bound to. Grants that cannot be read allow nothing and are not shown. */
export const showPermissionSet = (set: PermissionSetEntity, roles: readonly SetRole[]): PermissionSetSummary => ({
  id: set.id,
  ref: set.ref,
  pack_ref: set.pack_ref,
  label: set.label,
  description: set.description,
  grants: readGrants(set.grants),
  roles: roles.filter(({ permission_set_id: id }) => id === set.id).map(showSetRole),
});

export const showSetRole = (role: SetRole): PermissionSetRoleAssignmentResponse => ({
  ...role,
  created: iso(role.created),
});
