import { type ProviderProfileResponse } from '@attune/contract';

/** Somebody an outside provider vouches for. */
export interface ExternalAccount {
  readonly provider: 'oidc' | 'ldap';
  /** Who vouches. */
  readonly issuer: string;
  /** Who it is to the issuer, for good. */
  readonly subject: string;
  /** What a new identity would like to be called, best first; one that is taken is never shared. */
  readonly logins: readonly string[];
  readonly profile: ProviderProfileResponse;
  /** Roles to hold from now on; null: roles are not up to this provider. */
  readonly roles: readonly string[] | null;
}

const MAX_ROLES = 1_000;
const MAX_LENGTH = 255;

/** Names that can be roles, each once, sorted. */
export function roleNames(names: readonly string[]): string[] {
  const usable = names.map((name) => name.trim()).filter((name) => name !== '' && name.length <= MAX_LENGTH);
  return [...new Set(usable)].sort().slice(0, MAX_ROLES);
}
