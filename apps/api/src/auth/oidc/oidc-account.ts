import { type OidcSettings } from '@attune/common';
import { z } from 'zod';
import { type ExternalAccount, roleNames } from '../external/external-account.js';

/** What a provider says about somebody; only issuer and subject are sure to be there. */
export type Claims = Readonly<Record<string, unknown>>;

const MAX_NAME = 255;

/** @param claims of a checked ID token, completed by those of the user-info endpoint */
export function oidcAccount(
  claims: Claims,
  settings: Pick<OidcSettings, 'loginClaim' | 'groupsClaim'>,
): ExternalAccount {
  const issuer = z.string().min(1).parse(claims['iss']);
  const subject = z.string().min(1).parse(claims['sub']);
  const groups = settings.groupsClaim === null ? null : roleNames(namesAt(claims, settings.groupsClaim));
  const email = textOf(claims['email']);
  const login = textOf(valueAt(claims, settings.loginClaim));
  const name = login ?? email;
  return {
    provider: 'oidc',
    issuer,
    subject,
    logins: name === null ? [] : [name, `${name}@${new URL(issuer).host}`],
    profile: {
      provider: 'oidc',
      display_name: textOf(claims['name']),
      login,
      email,
      email_verified: typeof claims['email_verified'] === 'boolean' ? claims['email_verified'] : null,
      subject,
      issuer,
      distinguished_name: null,
      groups: groups ?? [],
    },
    roles: groups,
  };
}

/** `a.b` leads to `b` inside `a`, unless there is a claim whose name has the dot in it. */
function valueAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, key) => {
    const isMap = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    return isMap ? (value as Claims)[key] : undefined;
  }, claims);
}

/** One name or a list of them; whatever is no text is no group. */
function namesAt(claims: Claims, path: string): string[] {
  const value = valueAt(claims, path);
  return (Array.isArray(value) ? value : [value]).filter((name): name is string => typeof name === 'string');
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replaceAll('\0', '').trim().slice(0, MAX_NAME);
  return text === '' ? null : text;
}
