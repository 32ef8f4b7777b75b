import { createLogger, loadConfig } from '@attune/common';
import { selfSigned } from '../../../spec/certificate.js';
import { fillDirectory, ldapSettings } from '../../../spec/ldap-people.js';
import { LdapServer } from '../../../spec/ldap-server.js';
import { LdapDirectory } from './ldap-directory.js';

const SECRETS = {
  ATTUNE__SECURITY__JWT_SECRET: 'x'.repeat(32),
  ATTUNE__SECURITY__ENCRYPTION_KEY: 'y'.repeat(32),
  ATTUNE__LOG__LEVEL: 'fatal',
};

describe('the way to the directory', () => {
  const certificate = selfSigned({ ips: ['127.0.0.1'] });
  let server: LdapServer;

  afterEach(() => server.stop());

  async function ask(scheme: 'ldap' | 'ldaps', more: Readonly<Record<string, string>>) {
    fillDirectory(server);
    const settings = ldapSettings(`${scheme}://127.0.0.1:${server.port}`, more);
    const config = loadConfig({ directory: '.', environment: { ...SECRETS, ...settings } });
    return new LdapDirectory(config, createLogger('api', config.log)).authenticate('ada', 'analytical');
  }
  const unavailable = expect.objectContaining({ code: 'auth.unavailable' }) as unknown;

  it('is encrypted from the start with ldaps', async () => {
    server = await LdapServer.start({ isTls: true, certificate });
    expect(await ask('ldaps', { CA: certificate.cert })).toMatchObject({ roles: ['dev', 'ops'] });
    expect(server.binds).toHaveLength(3);
    expect(server.binds.every(({ isEncrypted }) => isEncrypted)).toBe(true);
  });

  it('is encrypted before the first word with StartTLS', async () => {
    server = await LdapServer.start({ certificate });
    expect(await ask('ldap', { CA: certificate.cert, START_TLS: 'true' })).toMatchObject({
      logins: ['ada', expect.any(String)],
    });
    expect(server.binds.every(({ isEncrypted }) => isEncrypted)).toBe(true);
  });

  it.each(['ldap', 'ldaps'] as const)('leads nowhere when the certificate is not trusted (%s)', async (scheme) => {
    server = await LdapServer.start({ isTls: scheme === 'ldaps', certificate });
    await expect(ask(scheme, { START_TLS: 'true' })).rejects.toEqual(unavailable);
    expect(server.binds).toEqual([]);
  });

  it.each(['ldap', 'ldaps'] as const)('leads nowhere when it is for another name (%s)', async (scheme) => {
    const other = selfSigned({ names: ['localhost', 'other.example.org'], ips: ['127.0.0.2'] });
    server = await LdapServer.start({ isTls: scheme === 'ldaps', certificate: other });
    await expect(ask(scheme, { CA: other.cert, START_TLS: 'true' })).rejects.toEqual(unavailable);
    expect(server.binds).toEqual([]);
  });

  it('does not fall back to plain text when an encrypted connection is cut', async () => {
    server = await LdapServer.start({ certificate });
    server.isCutAfterStartTls = true;
    await expect(ask('ldap', { CA: certificate.cert, START_TLS: 'true' })).rejects.toEqual(unavailable);
    expect(server.binds.filter(({ isEncrypted }) => !isEncrypted)).toEqual([]);
  });

  it('takes the groups a person names, where no group is searched', async () => {
    server = await LdapServer.start({ isTls: true, certificate });
    const account = await ask('ldaps', { CA: certificate.cert, GROUP_BASE: '' });
    expect(account?.roles).toEqual(['cn=ops,ou=groups,dc=example,dc=org']);
  });
});
