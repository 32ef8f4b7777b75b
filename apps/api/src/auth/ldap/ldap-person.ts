import { type LdapSettings } from '@attune/common';
import { type Entry } from 'ldapts';
import { type ExternalAccount, roleNames } from '../external/external-account.js';

/** Who the directory says somebody is. */
export interface LdapPerson {
  readonly dn: string;
  /** Who it is for good; never empty. */
  readonly subject: string;
  readonly login: string | null;
  readonly displayName: string | null;
  readonly email: string | null;
}

type AttributeNames = Pick<
  LdapSettings,
  'idAttribute' | 'loginAttribute' | 'displayNameAttribute' | 'emailAttribute' | 'groupsAttribute'
>;

/** Reads an entry; null when it lacks the attribute that tells people apart. */
export function readPerson(entry: Entry, names: AttributeNames): LdapPerson | null {
  const { idAttribute } = names;
  // The same name may be written in many ways; the directory does not care about case.
  const subject = idAttribute === null ? entry.dn.toLowerCase() : identifierOf(valuesOf(entry, idAttribute)[0]);
  if (subject === '') return null;
  return {
    dn: entry.dn,
    subject,
    login: textOf(entry, names.loginAttribute),
    displayName: textOf(entry, names.displayNameAttribute),
    email: textOf(entry, names.emailAttribute),
  };
}

/** There is one. Its address is no part of who somebody is: directories move, and get a second server. */
const THE_DIRECTORY = 'ldap';

/** @param groups of the person; they become roles */
export function ldapAccount(person: LdapPerson, groups: readonly string[], url: string): ExternalAccount {
  const { host } = new URL(url);
  const roles = roleNames(groups);
  return {
    provider: 'ldap',
    issuer: THE_DIRECTORY,
    subject: person.subject,
    logins: person.login === null ? [] : [person.login, `${person.login}@${host}`],
    profile: {
      provider: 'ldap',
      display_name: person.displayName,
      login: person.login,
      email: person.email,
      email_verified: null,
      subject: null,
      issuer: null,
      distinguished_name: person.dn,
      groups: roles,
    },
    roles,
  };
}

/** Values of an attribute under whatever case the directory writes its name in. */
export function textsOf(entry: Entry, name: string): string[] {
  return valuesOf(entry, name)
    .map((value) => (typeof value === 'string' ? value : value.toString('utf8')))
    .map((value) => value.replaceAll('\0', '').trim())
    .filter((value) => value !== '');
}

function valuesOf(entry: Entry, name: string): (string | Buffer)[] {
  const key = Object.keys(entry).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (key === undefined || key === 'dn') return [];
  const value = entry[key] ?? [];
  return Array.isArray(value) ? value : [value];
}

const textOf = (entry: Entry, name: string): string | null => textsOf(entry, name)[0]?.slice(0, 255) ?? null;

/** Identifiers may be bytes (`objectGUID`). */
const identifierOf = (value: string | Buffer | undefined): string =>
  typeof value === 'string' ? Buffer.from(value).toString('base64url') : (value?.toString('base64url') ?? '');
