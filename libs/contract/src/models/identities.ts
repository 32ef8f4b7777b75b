import { z } from 'zod';
import { request, response } from '../define.js';
import { bool, int64, json, list, optional, orDefault, shortText, text, timestamp } from '../fields.js';
import { PermissionAssignmentResponse } from './permissions.js';

/** A role of an identity; managed ones follow the provider and cannot be edited. */
export const IdentityRoleAssignmentResponse = response('IdentityRoleAssignmentResponse', {
  id: int64(),
  identity_id: int64(),
  role: text(),
  source: z.enum(['manual', 'oidc', 'ldap']),
  managed: bool(),
  created: timestamp(),
  updated: timestamp(),
});
export type IdentityRoleAssignmentResponse = z.output<typeof IdentityRoleAssignmentResponse>;

export const IdentitySummary = response('IdentitySummary', {
  id: int64(),
  login: text(),
  display_name: text().nullable(),
  frozen: bool(),
  attributes: json().nullable(),
  roles: list(text()),
});
export type IdentitySummary = z.output<typeof IdentitySummary>;

export const IdentityResponse = response('IdentityResponse', {
  id: int64(),
  login: text(),
  display_name: text().nullable(),
  frozen: bool(),
  attributes: json().nullable(),
  roles: list(IdentityRoleAssignmentResponse),
  direct_permissions: list(PermissionAssignmentResponse),
});
export type IdentityResponse = z.output<typeof IdentityResponse>;

/** An identity without a password cannot log in by itself. */
export const CreateIdentityRequest = request('CreateIdentityRequest', {
  login: text({ min: 3, max: 255 }),
  display_name: optional(text({ max: 255 })),
  password: optional(text({ min: 8, max: 128 })),
  attributes: orDefault(json(), null),
});
export type CreateIdentityRequest = z.output<typeof CreateIdentityRequest>;

/** Absent and null keep what is stored. */
export const UpdateIdentityRequest = request('UpdateIdentityRequest', {
  display_name: optional(text()),
  password: optional(text()),
  attributes: optional(json()),
  frozen: optional(bool()),
});
export type UpdateIdentityRequest = z.output<typeof UpdateIdentityRequest>;

/** Roles are names; permission sets are bound to them. */
export const CreateIdentityRoleAssignmentRequest = request('CreateIdentityRoleAssignmentRequest', {
  role: shortText(),
});
export type CreateIdentityRoleAssignmentRequest = z.output<typeof CreateIdentityRoleAssignmentRequest>;
