import { z } from 'zod';
import { flag, list, positive, section, text } from './fields.js';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });
/** How a provider is shown on the login page. */
const shown = {
  /** Offered on the login page without being asked for. */
  visible: flag.default(true),
  provider_name: text.nullable().default(null),
  provider_label: text.nullable().default(null),
  provider_icon_url: httpUrl.nullable().default(null),
};

/** Logging in with a password of ours. */
export const localPassword = section({
  /** Off: only providers and integration tokens are left, also for the first administrator. */
  enabled: flag.default(true),
  visible: flag.default(true),
});

/** Failed logins that are allowed in a window of time. 0 turns a limit off. */
export const loginThrottle = section({
  enabled: flag.default(true),
  /** Time (s) in which a full count of failures is forgotten; they are forgotten one by one. */
  window: positive.max(86_400).default(900),
  /** Failures with one login from one address. */
  per_login_and_address: z.coerce.number().int().min(0).default(10),
  /** Failures with one login from all addresses together; where it was logged in lately from does not count. */
  per_login: z.coerce.number().int().min(0).default(100),
  /** Failures from one address (of IPv6: one /64) with all logins together. */
  per_address: z.coerce.number().int().min(0).default(100),
}).transform((raw) => ({
  enabled: raw.enabled,
  windowSeconds: raw.window,
  perLoginAndAddress: raw.per_login_and_address,
  perLogin: raw.per_login,
  perAddress: raw.per_address,
}));

type Problems = z.core.ParsePayload['issues'];

/** What must be there once a provider is enabled. */
function required(settings: Readonly<Record<string, unknown>>, names: readonly string[], problems: Problems): void {
  for (const name of names) {
    if (settings[name] !== null) continue;
    problems.push({ code: 'custom', path: [name], message: 'required when this is enabled', input: null });
  }
}

/** Single sign-on with an OpenID Connect provider. */
export const oidc = section({
  enabled: flag.default(false),
  /** Issuer of the provider; its metadata is read from there at the first login. */
  issuer: httpUrl.nullable().default(null),
  client_id: text.nullable().default(null),
  /** Absent: a public client, protected by PKCE alone. */
  client_secret: text.nullable().default(null),
  /** Our address of `/auth/callback`, as browsers see it and the provider knows it. */
  redirect_uri: httpUrl.nullable().default(null),
  /** Where the provider sends browsers after a logout. Absent: `/login` beside the redirect address. */
  post_logout_redirect_uri: httpUrl.nullable().default(null),
  scopes: list.default(['openid', 'profile', 'email']),
  /** Claim that new identities get their login from. */
  login_claim: text.default('preferred_username'),
  /** Claim with the groups or roles that become roles here; dots lead inside (`realm_access.roles`). Null: none. */
  groups_claim: text.nullable().default('groups'),
  /** Accept a provider without TLS. Only for a trial on one machine. */
  allow_http: flag.default(false),
  /** How long (ms) the provider may take to answer one request. */
  timeout_ms: positive.max(60_000).default(10_000),
  ...shown,
}).transform((raw, context) => {
  const { enabled, issuer, client_id: clientId, redirect_uri: redirectUri } = raw;
  const common = {
    clientSecret: raw.client_secret,
    postLogoutRedirectUri: raw.post_logout_redirect_uri,
    scopes: raw.scopes,
    loginClaim: raw.login_claim,
    groupsClaim: raw.groups_claim,
    allowHttp: raw.allow_http,
    timeoutMs: raw.timeout_ms,
    ...displayOf(raw),
  };
  if (!enabled) return { enabled: false as const, issuer, clientId, redirectUri, ...common };
  required(raw, ['issuer', 'client_id', 'redirect_uri'], context.issues);
  if (!raw.scopes.includes('openid')) {
    context.issues.push({ code: 'custom', path: ['scopes'], message: 'must hold openid', input: raw.scopes });
  }
  if (issuer !== null && !issuer.startsWith('https:') && !raw.allow_http) {
    const message = 'must be an https:// address, unless allow_http is on';
    context.issues.push({ code: 'custom', path: ['issuer'], message, input: issuer });
  }
  if (issuer === null || clientId === null || redirectUri === null || context.issues.length > 0) return z.NEVER;
  return { enabled: true as const, issuer, clientId, redirectUri, ...common };
});

/** Logging in with the account of a directory. */
export const ldap = section({
  enabled: flag.default(false),
  /** `ldaps://host:port`, or `ldap://host:port` together with `start_tls`. */
  url: z
    .url({ protocol: /^ldaps?$/, error: 'must be an ldap:// or ldaps:// address' })
    .nullable()
    .default(null),
  /** Turn an ldap:// connection into an encrypted one before anything is said on it. */
  start_tls: flag.default(false),
  /** Accept ldap:// without TLS: passwords then travel in plain text. Only for a trial on one machine. */
  allow_plaintext: flag.default(false),
  /** Authorities (PEM) to trust instead of those of the system; the variable `…__CA_FILE` names a file of them. */
  ca: text.includes('-----BEGIN CERTIFICATE-----', { error: 'must hold PEM certificates' }).nullable().default(null),
  /** Account that searches. Absent: the search is anonymous. */
  bind_dn: text.nullable().default(null),
  bind_password: text.nullable().default(null),
  user_base: text.nullable().default(null),
  /** Finds one person; `{login}` becomes what they typed, escaped. */
  user_filter: text.includes('{login}', { error: 'must hold {login}' }).default('(uid={login})'),
  /** Attribute that never changes hands, such as `entryUUID` or `objectGUID`. Absent: the distinguished name. */
  id_attribute: text.nullable().default(null),
  login_attribute: text.default('uid'),
  display_name_attribute: text.default('cn'),
  email_attribute: text.default('mail'),
  /** Where groups are searched. Absent: the values of `groups_attribute` of the person become roles as they stand. */
  group_base: text.nullable().default(null),
  /** Finds groups; `{dn}` and `{login}` become those of the person, escaped. */
  group_filter: text.default('(member={dn})'),
  /** Attribute of a found group that becomes a role. */
  group_name_attribute: text.default('cn'),
  groups_attribute: text.default('memberOf'),
  /** How long (ms) the directory may take to accept a connection, or to answer one request. */
  timeout_ms: positive.max(60_000).default(5_000),
  ...shown,
}).transform((raw, context) => {
  const { enabled, url, user_base: userBase } = raw;
  const common = { ...ldapSearchOf(raw), ...displayOf(raw) };
  if (!enabled) return { enabled: false as const, url, userBase, ...common };
  required(raw, ['url', 'user_base'], context.issues);
  if (raw.bind_dn !== null) required(raw, ['bind_password'], context.issues);
  if (url?.startsWith('ldap:') === true && !raw.start_tls && !raw.allow_plaintext) {
    const message = 'must be an ldaps:// address, or start_tls or allow_plaintext must be on';
    context.issues.push({ code: 'custom', path: ['url'], message, input: url });
  }
  if (url === null || userBase === null || context.issues.length > 0) return z.NEVER;
  return { enabled: true as const, url, userBase, ...common };
});

interface RawLdap {
  readonly start_tls: boolean;
  readonly ca: string | null;
  readonly bind_dn: string | null;
  readonly bind_password: string | null;
  readonly user_filter: string;
  readonly id_attribute: string | null;
  readonly login_attribute: string;
  readonly display_name_attribute: string;
  readonly email_attribute: string;
  readonly group_base: string | null;
  readonly group_filter: string;
  readonly group_name_attribute: string;
  readonly groups_attribute: string;
  readonly timeout_ms: number;
}

const ldapSearchOf = (raw: RawLdap) => ({
  startTls: raw.start_tls,
  ca: raw.ca,
  bindDn: raw.bind_dn,
  bindPassword: raw.bind_password,
  userFilter: raw.user_filter,
  idAttribute: raw.id_attribute,
  loginAttribute: raw.login_attribute,
  displayNameAttribute: raw.display_name_attribute,
  emailAttribute: raw.email_attribute,
  groupBase: raw.group_base,
  groupFilter: raw.group_filter,
  groupNameAttribute: raw.group_name_attribute,
  groupsAttribute: raw.groups_attribute,
  timeoutMs: raw.timeout_ms,
});

interface RawDisplay {
  readonly visible: boolean;
  readonly provider_name: string | null;
  readonly provider_label: string | null;
  readonly provider_icon_url: string | null;
}

const displayOf = (raw: RawDisplay) => ({
  visible: raw.visible,
  providerName: raw.provider_name,
  providerLabel: raw.provider_label,
  providerIconUrl: raw.provider_icon_url,
});

/** Settings of a provider that is switched on: everything it needs is there. */
export type OidcSettings = Extract<z.output<typeof oidc>, { enabled: true }>;
export type LdapSettings = Extract<z.output<typeof ldap>, { enabled: true }>;
export type LoginThrottleSettings = z.output<typeof loginThrottle>;
