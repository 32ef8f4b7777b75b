import { type z } from 'zod';
import { request, response } from '../define.js';
import { bool, optional, shortText, text } from '../fields.js';

/** What a login page needs to know. */
export const AuthSettingsResponse = response('AuthSettingsResponse', {
  authentication_enabled: bool(),
  local_password_enabled: bool(),
  local_password_visible_by_default: bool(),
  oidc_enabled: bool(),
  oidc_visible_by_default: bool(),
  oidc_provider_name: text().nullable(),
  oidc_provider_label: text().nullable(),
  oidc_provider_icon_url: text().nullable(),
  ldap_enabled: bool(),
  ldap_visible_by_default: bool(),
  ldap_provider_name: text().nullable(),
  ldap_provider_label: text().nullable(),
  ldap_provider_icon_url: text().nullable(),
  self_registration_enabled: bool(),
});
export type AuthSettingsResponse = z.output<typeof AuthSettingsResponse>;

/** Somebody new, made by themselves. */
export const RegisterRequest = request('RegisterRequest', {
  login: text({ min: 3, max: 255 }),
  password: text({ min: 8, max: 128 }),
  display_name: optional(text({ max: 255 })),
});
export type RegisterRequest = z.output<typeof RegisterRequest>;

/** `token` is an integration token. */
export const TokenLoginRequest = request('TokenLoginRequest', {
  token: text({ min: 1 }),
});
export type TokenLoginRequest = z.output<typeof TokenLoginRequest>;

/** Account and password of the directory. */
export const LdapLoginRequest = request('LdapLoginRequest', {
  login: shortText(),
  password: text({ min: 1, max: 512 }),
});
export type LdapLoginRequest = z.output<typeof LdapLoginRequest>;

/** The current password proves who asks. */
export const ChangePasswordRequest = request('ChangePasswordRequest', {
  current_password: text({ min: 1 }),
  new_password: text({ min: 8, max: 128 }),
});
export type ChangePasswordRequest = z.output<typeof ChangePasswordRequest>;

export const UpdateCurrentUserRequest = request('UpdateCurrentUserRequest', {
  display_name: optional(text({ max: 255 })),
});
export type UpdateCurrentUserRequest = z.output<typeof UpdateCurrentUserRequest>;
