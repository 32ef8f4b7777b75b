import { type z } from 'zod';
import { enumeration, request, response, shared } from '../define.js';
import { bool, int64, jsonMap, list, optional, shortText, text, timestamp } from '../fields.js';

/** What a grant is about. */
export const RbacResource = enumeration('RbacResource', [
  'packs',
  'actions',
  'queues',
  'rules',
  'triggers',
  'executions',
  'events',
  'enforcements',
  'inquiries',
  'keys',
  'artifacts',
  'runtimes',
  'workers',
  'retention',
  'identities',
  'permissions',
  'audit_log',
]);
export type RbacResource = z.output<typeof RbacResource>;

/** What a grant allows. Not every action means something for every resource. */
export const RbacAction = enumeration('RbacAction', [
  'read',
  'create',
  'install',
  'configure',
  'update',
  'delete',
  'execute',
  'cancel',
  'respond',
  'manage',
  'decrypt',
]);
export type RbacAction = z.output<typeof RbacAction>;

export const OwnerConstraint = enumeration('OwnerConstraint', ['self', 'any', 'none']);
export type OwnerConstraint = z.output<typeof OwnerConstraint>;

export const OwnerType = enumeration('OwnerType', ['system', 'identity', 'pack', 'action', 'sensor']);
export type OwnerType = z.output<typeof OwnerType>;

export const ArtifactVisibility = enumeration('ArtifactVisibility', ['public', 'private']);
export type ArtifactVisibility = z.output<typeof ArtifactVisibility>;

/** Whose executions: the caller's own, those below them, or anybody's. */
export const ExecutionScopeConstraint = enumeration('ExecutionScopeConstraint', ['self', 'descendants', 'any']);
export type ExecutionScopeConstraint = z.output<typeof ExecutionScopeConstraint>;

/** All constraints of a grant must hold; one that needs context the target lacks fails. */
export const GrantConstraints = shared('GrantConstraints', {
  pack_refs: list(text()).nullish(),
  owner: OwnerConstraint.nullish(),
  owner_types: list(OwnerType).nullish(),
  owner_refs: list(text()).nullish(),
  visibility: list(ArtifactVisibility).nullish(),
  execution_scope: ExecutionScopeConstraint.nullish(),
  refs: list(text()).nullish(),
  ids: list(int64()).nullish(),
  encrypted: bool().nullish(),
  attributes: jsonMap().nullish(),
});
export type GrantConstraints = z.output<typeof GrantConstraints>;

/** One permission: these actions on this resource, within the constraints. One matching grant allows. */
export const Grant = shared('Grant', {
  resource: RbacResource,
  actions: list(RbacAction),
  constraints: GrantConstraints.nullish(),
});
export type Grant = z.output<typeof Grant>;

/** Union of the grants of an identity for one resource, without their constraints. */
export const EffectivePermissionResponse = response('EffectivePermissionResponse', {
  resource: RbacResource,
  actions: list(RbacAction),
});
export type EffectivePermissionResponse = z.output<typeof EffectivePermissionResponse>;

/** A permission set given to an identity directly. */
export const PermissionAssignmentResponse = response('PermissionAssignmentResponse', {
  id: int64(),
  identity_id: int64(),
  permission_set_id: int64(),
  permission_set_ref: text(),
  created: timestamp(),
});
export type PermissionAssignmentResponse = z.output<typeof PermissionAssignmentResponse>;

export const PermissionSetRoleAssignmentResponse = response('PermissionSetRoleAssignmentResponse', {
  id: int64(),
  permission_set_id: int64(),
  permission_set_ref: text().nullable(),
  role: text(),
  created: timestamp(),
});
export type PermissionSetRoleAssignmentResponse = z.output<typeof PermissionSetRoleAssignmentResponse>;

/** A permission set, its grants and the roles it is bound to. */
export const PermissionSetSummary = response('PermissionSetSummary', {
  id: int64(),
  ref: text(),
  pack_ref: text().nullable(),
  label: text().nullable(),
  description: text().nullable(),
  grants: list(Grant),
  roles: list(PermissionSetRoleAssignmentResponse),
});
export type PermissionSetSummary = z.output<typeof PermissionSetSummary>;

/** `grants` replaces all of them. */
export const UpdatePermissionSetRequest = request('UpdatePermissionSetRequest', {
  label: optional(text({ max: 255 })),
  description: optional(text()),
  grants: list(Grant),
});
export type UpdatePermissionSetRequest = z.output<typeof UpdatePermissionSetRequest>;

/** Names the identity by id or by login. */
export const CreatePermissionAssignmentRequest = request('CreatePermissionAssignmentRequest', {
  identity_id: optional(int64()),
  identity_login: optional(text()),
  permission_set_ref: text(),
});
export type CreatePermissionAssignmentRequest = z.output<typeof CreatePermissionAssignmentRequest>;

export const CreatePermissionSetRoleAssignmentRequest = request('CreatePermissionSetRoleAssignmentRequest', {
  role: shortText(),
});
export type CreatePermissionSetRoleAssignmentRequest = z.output<typeof CreatePermissionSetRoleAssignmentRequest>;
