import { type Config } from '@attune/common';
import { type AuthSettingsResponse } from '@attune/contract';

/** What a login page needs to know. Of a provider that is off nothing is told. */
export function authSettings({ security }: Pick<Config, 'security'>): AuthSettingsResponse {
  const { localPassword, oidc, ldap, allowSelfRegistration } = security;
  return {
    authentication_enabled: true,
    local_password_enabled: localPassword.enabled,
    local_password_visible_by_default: localPassword.enabled && localPassword.visible,
    oidc_enabled: oidc.enabled,
    oidc_visible_by_default: oidc.enabled && oidc.visible,
    oidc_provider_name: oidc.enabled ? oidc.providerName : null,
    oidc_provider_label: oidc.enabled ? oidc.providerLabel : null,
    oidc_provider_icon_url: oidc.enabled ? oidc.providerIconUrl : null,
    ldap_enabled: ldap.enabled,
    ldap_visible_by_default: ldap.enabled && ldap.visible,
    ldap_provider_name: ldap.enabled ? ldap.providerName : null,
    ldap_provider_label: ldap.enabled ? ldap.providerLabel : null,
    ldap_provider_icon_url: ldap.enabled ? ldap.providerIconUrl : null,
    self_registration_enabled: localPassword.enabled && allowSelfRegistration,
  };
}
