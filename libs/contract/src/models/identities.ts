import { z } from 'zod';
import { response } from '../define.js';
import { bool, int64, json, list, text, timestamp } from '../fields.js';
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
