import { type LdapServer } from './ldap-server.js';

export const BASE = 'ou=people,dc=example,dc=org';
const SEARCHER = { dn: 'cn=attune,dc=example,dc=org', password: 'searches' };

/** People, groups, and the account that searches. */
export function fillDirectory({ entries }: LdapServer): void {
  const person = (uid: string, password: string, more: Record<string, string[]> = {}) => {
    const dn = `uid=${uid},${BASE}`;
    entries.push({ dn, password, attributes: { uid: [uid], cn: [`Person ${uid}`], ...more } });
    return dn;
  };
  entries.push({ ...SEARCHER, attributes: {} });
  const ada = person('ada', 'analytical', {
    mail: ['ada@example.org'],
    memberOf: ['cn=ops,ou=groups,dc=example,dc=org'],
  });
  person('bob', 'builder');
  person('twin', 'one');
  entries.push({ dn: `cn=Twin,${BASE}`, password: 'two', attributes: { uid: ['twin'] } });
  person('*', 'star');
  const group = (cn: string, member: string[]) =>
    entries.push({ dn: `cn=${cn},ou=groups,dc=example,dc=org`, password: null, attributes: { cn: [cn], member } });
  group('ops', [ada]);
  group('dev', [ada, `uid=bob,${BASE}`]);
}

/** Variables that make Attune use this directory. */
export const ldapSettings = (url: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const settings = {
    ENABLED: 'true',
    URL: url,
    BIND_DN: SEARCHER.dn,
    BIND_PASSWORD: SEARCHER.password,
    USER_BASE: BASE,
    GROUP_BASE: 'ou=groups,dc=example,dc=org',
    TIMEOUT_MS: '2000',
    ...more,
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`ATTUNE__SECURITY__LDAP__${key}`, value]));
};
