import { ConfigError, loadConfig } from './load-config.js';

const SECRETS = {
  ATTUNE__SECURITY__JWT_SECRET: 'j'.repeat(32),
  ATTUNE__SECURITY__ENCRYPTION_KEY: 'e'.repeat(32),
};

const load = (section: string, settings: Readonly<Record<string, string>>) =>
  loadConfig({
    directory: '/nonexistent',
    environment: {
      ...SECRETS,
      ...Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [`ATTUNE__SECURITY__${section}__${key}`, value]),
      ),
    },
  }).security;

function problemsOf(section: string, settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    load(section, settings);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const OIDC = {
  ENABLED: 'true',
  ISSUER: 'https://idp.example.org/realms/a',
  CLIENT_ID: 'attune',
  REDIRECT_URI: 'https://attune.example.org/auth/callback',
};
const LDAP = { ENABLED: 'true', URL: 'ldaps://ldap.example.org', USER_BASE: 'dc=example,dc=org' };

describe('settings of logging in', () => {
  it('are off and safe without any', () => {
    const security = load('OIDC', {});
    expect(security).toMatchObject({
      oidc: { enabled: false },
      ldap: { enabled: false },
      localPassword: { enabled: true, visible: true },
      loginThrottle: { enabled: true, windowSeconds: 900, perLoginAndAddress: 10, perLogin: 100, perAddress: 100 },
      allowSelfRegistration: false,
    });
  });

  it('take a provider that has everything it needs', () => {
    expect(load('OIDC', { ...OIDC, SCOPES: 'openid, groups' }).oidc).toMatchObject({
      enabled: true,
      issuer: OIDC.ISSUER,
      scopes: ['openid', 'groups'],
      groupsClaim: 'groups',
      clientSecret: null,
    });
    expect(load('LDAP', LDAP).ldap).toMatchObject({
      enabled: true,
      userFilter: '(uid={login})',
      bindDn: null,
      ca: null,
    });
    expect(load('LDAP', { ...LDAP, URL: 'ldap://a', START_TLS: 'true' }).ldap).toMatchObject({ startTls: true });
  });

  it('list everything a provider lacks at once', () => {
    expect(problemsOf('OIDC', { ENABLED: 'true' })).toEqual([
      'security.oidc.issuer: required when this is enabled (ATTUNE__SECURITY__OIDC__ISSUER)',
      'security.oidc.client_id: required when this is enabled (ATTUNE__SECURITY__OIDC__CLIENT_ID)',
      'security.oidc.redirect_uri: required when this is enabled (ATTUNE__SECURITY__OIDC__REDIRECT_URI)',
    ]);
    expect(problemsOf('LDAP', { ENABLED: 'true', BIND_DN: 'cn=a' })).toEqual([
      'security.ldap.url: required when this is enabled (ATTUNE__SECURITY__LDAP__URL)',
      'security.ldap.user_base: required when this is enabled (ATTUNE__SECURITY__LDAP__USER_BASE)',
      'security.ldap.bind_password: required when this is enabled (ATTUNE__SECURITY__LDAP__BIND_PASSWORD)',
    ]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['OIDC', { ...OIDC, ISSUER: 'http://idp.example.org' }, /^security\.oidc\.issuer: must be an https:/],
    ['OIDC', { ...OIDC, SCOPES: 'profile' }, /^security\.oidc\.scopes: must hold openid/],
    ['OIDC', { ...OIDC, REDIRECT_URI: 'javascript:alert(1)' }, /^security\.oidc\.redirect_uri: /],
    ['LDAP', { ...LDAP, URL: 'ldap://ldap.example.org' }, /^security\.ldap\.url: must be an ldaps:/],
    ['LDAP', { ...LDAP, URL: 'http://ldap.example.org' }, /^security\.ldap\.url: must be an ldap:/],
    ['LDAP', { ...LDAP, USER_FILTER: '(uid=*)' }, /^security\.ldap\.user_filter: must hold \{login\}/],
    ['LDAP', { ...LDAP, CA: 'ca.pem' }, /^security\.ldap\.ca: must hold PEM certificates/],
    ['LOGIN_THROTTLE', { WINDOW: '0' }, /^security\.login_throttle\.window: /],
    ['LOGIN_THROTTLE', { PER_LOGIN: '-1' }, /^security\.login_throttle\.per_login: /],
  ])('refuse %s %j', (section, settings, problem) => {
    expect(problemsOf(section, settings)).toEqual([expect.stringMatching(problem)]);
  });

  it('never show a secret in a problem', () => {
    const problems = problemsOf('LDAP', { ...LDAP, BIND_PASSWORD: 'hunter2', CA: 'hunter2', USER_BASE: '', PORT: '1' });
    expect(problems.join()).not.toContain('hunter2');
  });
});
