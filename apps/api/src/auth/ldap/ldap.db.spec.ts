import { IdentityEntity, IdentityRoleAssignmentEntity } from '@attune/common';
import { operations, type TokenResponse } from '@attune/contract';
import { BASE, fillDirectory, ldapSettings } from '../../../spec/ldap-people.js';
import { LdapServer } from '../../../spec/ldap-server.js';
import { startTestApi, type TestApi } from '../../../spec/test-api.js';

const logIn = (api: TestApi, login: string, password: string): Promise<TokenResponse> =>
  api.anonymous.call(operations.logInWithLdap, { body: { login, password } });

describe('logging in with a directory', () => {
  let server: LdapServer;
  let api: TestApi;

  beforeAll(async () => {
    server = await LdapServer.start();
    fillDirectory(server);
    const url = `ldap://127.0.0.1:${server.port}`;
    api = await startTestApi({}, ldapSettings(url, { ALLOW_PLAINTEXT: 'true', PROVIDER_NAME: 'corp' }));
  });
  beforeEach(() => {
    server.binds.length = 0;
    server.isSilent = false;
    server.isUnavailable = false;
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
  });

  const rolesOf = async (id: number) =>
    (await api.dataSource.getRepository(IdentityRoleAssignmentEntity).findBy({ identity_id: id }))
      .map(({ role, source, managed }) => `${role} ${source}${managed ? ' managed' : ''}`)
      .sort();

  it('is announced to the login page', async () => {
    const settings = await api.anonymous.call(operations.getAuthSettings);
    expect(settings).toMatchObject({ ldap_enabled: true, ldap_provider_name: 'corp', oidc_enabled: false });
  });

  it('makes an identity with the roles of its groups, and follows them', async () => {
    const { access_token: token, user } = await logIn(api, 'ada', 'analytical');
    expect(user).toMatchObject({ login: 'ada', display_name: 'Person ada' });
    const me = await api.withToken(token).call(operations.getCurrentUser);
    expect(me).toMatchObject({
      auth_provider: 'ldap',
      is_local: false,
      can_change_password: false,
      provider_profile: { distinguished_name: `uid=ada,${BASE}`, email: 'ada@example.org', groups: ['dev', 'ops'] },
    });
    expect(await rolesOf(me.id)).toEqual(['dev ldap managed', 'ops ldap managed']);
    const ops = server.entries.findIndex(({ dn }) => dn.startsWith('cn=ops,'));
    const [group] = server.entries.splice(ops, 1);
    expect((await logIn(api, 'ADA', 'analytical')).user?.id).toBe(me.id);
    expect(await rolesOf(me.id)).toEqual(['dev ldap managed']);
    if (group) server.entries.push(group);
  });

  it.each([
    ['a wrong password', 'ada', 'wrong'],
    ['somebody unknown', 'nobody', 'analytical'],
    ['the password of somebody else', 'ada', 'builder'],
    ['a login that fits two', 'twin', 'one'],
    ['a filter as a login', 'ada)(cn=*', 'analytical'],
    ['a pattern', 'a*', 'analytical'],
    ['a distinguished name', `uid=ada,${BASE}`, 'analytical'],
    ['a password that begins with the end of a text', 'ada', '\0analytical'],
  ])('says the same to %s', async (_case, login, password) => {
    const attempt = logIn(api, login, password);
    await expect(attempt).rejects.toMatchObject({
      status: 401,
      body: { error: 'The login or the password is wrong', code: 'UNAUTHORIZED' },
    });
  });

  it('takes a login for what it is', async () => {
    expect((await logIn(api, '*', 'star')).user?.login).toBe('*');
    await expect(logIn(api, '*', 'analytical')).rejects.toMatchObject({ status: 401 });
  });

  it('refuses an empty password, with which every directory says yes', async () => {
    await expect(logIn(api, 'ada', '')).rejects.toMatchObject({ status: 422 });
    await expect(logIn(api, 'ada', '\0')).rejects.toMatchObject({ status: 401 });
    expect(server.binds).toEqual([]);
  });

  it('asks as much about somebody unknown as about somebody known', async () => {
    await expect(logIn(api, 'nobody', 'secret')).rejects.toMatchObject({ status: 401 });
    const unknown = server.binds.splice(0).map(({ dn }) => dn);
    await expect(logIn(api, 'bob', 'wrong')).rejects.toMatchObject({ status: 401 });
    expect(unknown).toHaveLength(server.binds.length);
  });

  it('keeps local identities of the same name apart', async () => {
    server.entries.push({ dn: `uid=admin,${BASE}`, password: 'theirs', attributes: { uid: ['admin'] } });
    const { user } = await logIn(api, 'admin', 'theirs');
    expect(user?.login).toBe(`admin@127.0.0.1:${server.port}`);
    await expect(
      api.anonymous.call(operations.login, { body: { login: 'admin', password: 'theirs' } }),
    ).rejects.toMatchObject({ status: 401 });
  });

  it('refuses a frozen identity', async () => {
    const { user } = await logIn(api, 'bob', 'builder');
    await api.dataSource.getRepository(IdentityEntity).update(user?.id ?? 0, { frozen: true });
    await expect(logIn(api, 'bob', 'builder')).rejects.toMatchObject({ status: 403 });
    await expect(logIn(api, 'bob', 'wrong')).rejects.toMatchObject({ status: 401 });
  });

  it('says so when the directory does not answer or cannot work, and counts nobody’s failure', async () => {
    server.isSilent = true;
    await expect(logIn(api, 'ada', 'analytical')).rejects.toMatchObject({ status: 503 });
    server.isSilent = false;
    server.isUnavailable = true;
    await expect(logIn(api, 'ada', 'analytical')).rejects.toMatchObject({ status: 503 });
    server.isUnavailable = false;
    await expect(logIn(api, 'ada', 'analytical')).resolves.toBeDefined();
  });
});
