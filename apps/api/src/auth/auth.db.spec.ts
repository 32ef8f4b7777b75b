import { IdentityEntity, TokenSigner } from '@attune/common';
import { operations } from '@attune/contract';
import { createIdentity } from '../../spec/identities.js';
import { ADMIN, startTestApi, type TestApi } from '../../spec/test-api.js';

describe('authentication', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  const logIn = (body: { login: string; password: string }) => api.anonymous.call(operations.login, { body });
  const sign = (claims: Partial<Parameters<TokenSigner['sign']>[0]>, secret = api.platform.config.security.jwtSecret) =>
    new TokenSigner(secret).sign({ identityId: 2, login: 'admin', type: 'access', lifetimeSeconds: 60, ...claims });

  it('exchanges login and password for tokens that work', async () => {
    const pair = await logIn(ADMIN);
    expect(pair).toMatchObject({ token_type: 'Bearer', expires_in: 3600, user: { login: 'admin' } });
    const me = await api.withToken(pair.access_token).call(operations.getCurrentUser);
    expect(me).toMatchObject({ login: 'admin', is_local: true, assigned_permission_set_refs: ['core.admin'] });
    expect(me.effective_permissions).toContainEqual({
      resource: 'rules',
      actions: ['create', 'delete', 'read', 'update'],
    });
  });

  it('says the same to a wrong password, an unknown login and an identity without password', async () => {
    const failures = await Promise.all(
      [
        { login: 'admin', password: 'wrong' },
        { login: 'nobody', password: 'wrong' },
        { login: 'system', password: 'wrong' },
      ].map((body) => logIn(body).catch((error: unknown) => error)),
    );
    for (const failure of failures) {
      expect(failure).toMatchObject({
        status: 401,
        body: { error: 'The login or the password is wrong', code: 'UNAUTHORIZED' },
      });
    }
  });

  it('renews tokens, without the user, from a body or from the cookie', async () => {
    const { refresh_token: token } = await logIn(ADMIN);
    const pair = await api.anonymous.call(operations.refreshToken, { body: { refresh_token: token } });
    expect(pair.user).toBeUndefined();
    await expect(api.withToken(pair.access_token).call(operations.getCurrentUser)).resolves.toBeDefined();

    const byCookie = await api.app.inject({
      method: 'POST',
      url: '/auth/refresh',
      headers: { cookie: `attune_refresh_token=${token}` },
    });
    expect(byCookie.statusCode).toBe(200);
    const cookies = byCookie.headers['set-cookie'] as string[];
    expect(cookies.map((cookie) => cookie.split('=', 1)[0])).toEqual(['attune_access_token', 'attune_refresh_token']);
    for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
    const [access = ''] = cookies;
    const me = await api.app.inject({ url: '/auth/me', headers: { cookie: access.split(';', 1)[0] } });
    expect(me.statusCode).toBe(200);
  });

  it('does not renew with anything but a refresh token', async () => {
    const { access_token: access } = await logIn(ADMIN);
    for (const token of [access, 'nonsense', await sign({ type: 'refresh', scope: 'integration_token' })]) {
      const attempt = api.anonymous.call(operations.refreshToken, { body: { refresh_token: token } });
      await expect(attempt).rejects.toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    }
    const empty = await api.app.inject({ method: 'POST', url: '/auth/refresh' });
    expect(empty.statusCode).toBe(401);
  });

  it.each([
    ['no token', () => Promise.resolve(null), 'Missing token: send Authorization: Bearer <token>'],
    ['nonsense', () => Promise.resolve('nonsense'), 'The token is not valid'],
    ['another secret', () => sign({}, 'x'.repeat(40)), 'The token is not valid'],
    ['an expired token', () => sign({ lifetimeSeconds: -120 }), 'The token has expired'],
    ['a refresh token', () => sign({ type: 'refresh' }), 'A refresh token only makes new tokens'],
    ['nobody', () => sign({ identityId: 999_999 }), 'The identity of this token does not exist any more'],
  ])('refuses %s', async (_case, token, message) => {
    const attempt = api.withToken(await token()).call(operations.listRules);
    await expect(attempt).rejects.toMatchObject({ status: 401, body: { error: { code: 401, message } } });
  });

  it('wants exactly one space after Bearer, and a good cookie before a good header', async () => {
    const token = await sign({});
    const ask = (headers: Record<string, string>) => api.app.inject({ url: '/api/v1/rules', headers });
    expect((await ask({ authorization: `bearer ${token}` })).statusCode).toBe(401);
    expect((await ask({ authorization: `Bearer ${token}` })).statusCode).toBe(200);
    expect((await ask({ authorization: `Bearer ${token}`, cookie: 'attune_access_token=bad' })).statusCode).toBe(401);
  });

  it('lets a frozen identity do nothing, and tells it only who knows the password', async () => {
    const { id, login, token } = await createIdentity(api.platform, [{ resource: 'rules', actions: ['read'] }]);
    const client = api.withToken(token);
    await expect(client.call(operations.listRules)).resolves.toBeDefined();
    const { password_hash } = await api.dataSource.getRepository(IdentityEntity).findOneByOrFail({ login: 'admin' });
    await api.dataSource.getRepository(IdentityEntity).update(id, { frozen: true, password_hash });

    await expect(client.call(operations.listRules)).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
    await expect(client.call(operations.getCurrentUser)).rejects.toMatchObject({ status: 403 });
    await expect(logIn({ login, password: ADMIN.password })).rejects.toMatchObject({ status: 403 });
    await expect(logIn({ login, password: 'wrong' })).rejects.toMatchObject({ status: 401 });
    const refresh_token = await sign({ identityId: id, login, type: 'refresh' });
    const renewal = api.anonymous.call(operations.refreshToken, { body: { refresh_token } });
    await expect(renewal).rejects.toMatchObject({ status: 403 });
  });

  it('answers /auth/me without a token in the usual words', async () => {
    const answer = await api.app.inject({ url: '/auth/me' });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
