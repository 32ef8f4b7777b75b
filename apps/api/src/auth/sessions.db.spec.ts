import { IdentityEntity, loadConfig, TokenSigner } from '@attune/common';
import { operations } from '@attune/contract';
import { Browser } from '../../spec/browser.js';
import { createIdentity } from '../../spec/identities.js';
import { ADMIN, startTestApi, type TestApi } from '../../spec/test-api.js';
import { authSettings } from './auth-settings.js';
import { requireLocalPasswords } from './login.service.js';

describe('sessions', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi({}, { ATTUNE__SECURITY__ALLOW_SELF_REGISTRATION: 'true' });
  });
  afterAll(() => api.close());

  const PASSWORD = 'first password';
  let count = 0;
  const register = (login = `user-${++count}`) =>
    api.anonymous.call(operations.register, { body: { login, password: PASSWORD, display_name: ' Somebody ' } });
  const refresh = (token: string) => api.anonymous.call(operations.refreshToken, { body: { refresh_token: token } });
  const change = (token: string, body: { current_password: string; new_password: string }) =>
    api.withToken(token).call(operations.changePassword, { body });

  describe('registering', () => {
    it('makes somebody who may do nothing yet', async () => {
      const { access_token: token, user } = await register('newcomer');
      expect(user).toMatchObject({ login: 'newcomer', display_name: 'Somebody' });
      const me = await api.withToken(token).call(operations.getCurrentUser);
      expect(me).toMatchObject({ auth_provider: 'local', effective_permissions: [], assigned_permission_set_refs: [] });
      await expect(api.withToken(token).call(operations.listRules)).rejects.toMatchObject({ status: 403 });
      await expect(register('newcomer')).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
    });

    it.each(['ab', ' padded', 'a\u200bdmin', 'sensor:core.timer', 'SYSTEM', 'oidc:0123', 'a\nb'])(
      'refuses the login %j',
      async (login) => {
        await expect(register(login)).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
      },
    );

    it('is closed unless it was opened', async () => {
      const closed = await startTestApi();
      const body = { login: 'newcomer', password: PASSWORD };
      await expect(closed.anonymous.call(operations.register, { body })).rejects.toMatchObject({ status: 403 });
      expect((await closed.anonymous.call(operations.getAuthSettings)).self_registration_enabled).toBe(false);
      await expect(
        closed.anonymous.call(operations.logInWithLdap, { body: { login: 'a', password: 'b' } }),
      ).rejects.toMatchObject({ status: 501, code: 'NOT_IMPLEMENTED' });
      expect((await closed.app.inject({ url: '/auth/oidc/login' })).statusCode).toBe(501);
      expect((await closed.app.inject({ url: '/auth/callback?code=x&state=y' })).statusCode).toBe(501);
      await closed.close();
    });
  });

  describe('changing the password', () => {
    it('ends every session that was refreshed by the old one, and no other', async () => {
      const { access_token: token, refresh_token: old, user } = await register();
      const another = await register();
      await change(token, { current_password: PASSWORD, new_password: 'second password' });
      await expect(refresh(old)).rejects.toMatchObject({ status: 401 });
      await expect(refresh(another.refresh_token)).resolves.toBeDefined();
      const login = user?.login ?? '';
      await expect(api.anonymous.call(operations.login, { body: { login, password: PASSWORD } })).rejects.toMatchObject(
        { status: 401 },
      );
      const pair = await api.anonymous.call(operations.login, { body: { login, password: 'second password' } });
      await expect(refresh((await refresh(pair.refresh_token)).refresh_token)).resolves.toBeDefined();
    });

    it('ends them however the password changes', async () => {
      const { refresh_token: token, user } = await register();
      await api.dataSource.getRepository(IdentityEntity).update(user?.id ?? 0, { display_name: 'Renamed' });
      await expect(refresh(token)).resolves.toBeDefined();
      await api.dataSource
        .getRepository(IdentityEntity)
        .update(user?.id ?? 0, { password_hash: 'by an administrator' });
      await expect(refresh(token)).rejects.toMatchObject({ status: 401 });
    });

    it('keeps the browser that asked logged in', async () => {
      const { access_token: token, refresh_token: old } = await register();
      const browser = new Browser(api.app);
      browser.jar.set('attune_access_token', token);
      const body = { current_password: PASSWORD, new_password: 'second password' };
      const answer = await browser.post('/auth/change-password', body);
      expect(answer.status).toBe(200);
      expect(browser.jar.get('attune_refresh_token')).not.toBe(old);
      expect((await browser.post('/auth/refresh')).status).toBe(200);
    });

    it('needs the current one, and one to change', async () => {
      const { access_token: token } = await register();
      const body = { current_password: 'wrong', new_password: 'second password' };
      await expect(change(token, body)).rejects.toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
      const { token: without } = await createIdentity(api.platform, []);
      await expect(change(without, body)).rejects.toMatchObject({ status: 403 });
    });

    it('lets one of two changes at once win', async () => {
      const { access_token: token } = await register();
      const both = await Promise.allSettled(
        ['second password', 'third password'].map((new_password) =>
          change(token, { current_password: PASSWORD, new_password }),
        ),
      );
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });
  });

  it('lets people say what they are called', async () => {
    const { access_token: token } = await register();
    const client = api.withToken(token);
    const named = await client.call(operations.updateCurrentUser, { body: { display_name: '  Ada  ' } });
    expect(named.display_name).toBe('Ada');
    const unnamed = await client.call(operations.updateCurrentUser, { body: { display_name: ' ' } });
    expect(unnamed.display_name).toBeNull();
  });

  it('takes a refresh token from before there were versions until the first change of password', async () => {
    const { access_token: token, user } = await register();
    const signer = new TokenSigner(api.platform.config.security.jwtSecret);
    const claims = {
      identityId: user?.id ?? 0,
      login: user?.login ?? '',
      type: 'refresh',
      lifetimeSeconds: 60,
    } as const;
    const old = await signer.sign(claims);
    await expect(refresh(old)).resolves.toBeDefined();
    await change(token, { current_password: PASSWORD, new_password: 'second password' });
    await expect(refresh(old)).rejects.toMatchObject({ status: 401 });
  });

  describe('cookies', () => {
    const session = async (headers: Record<string, string> = {}) => {
      const pair = await api.anonymous.call(operations.login, { body: ADMIN });
      const browser = new Browser(api.app, { host: 'attune.example.org', ...headers });
      browser.jar.set('attune_access_token', pair.access_token);
      browser.jar.set('attune_refresh_token', pair.refresh_token);
      return browser;
    };

    it('of another site’s page change nothing', async () => {
      const evil = await session({ origin: 'https://evil.example' });
      expect((await evil.send('PUT', '/auth/me', { display_name: 'Owned' })).status).toBe(403);
      expect((await evil.post('/auth/refresh')).status).toBe(403);
      expect((await evil.post('/api/v1/packs', { ref: 'owned', label: 'Owned', version: '1.0.0' })).status).toBe(403);
      const own = await session({ origin: 'https://attune.example.org' });
      expect(JSON.parse((await own.get('/auth/me')).body)).toMatchObject({ data: { display_name: 'Administrator' } });
      expect((await own.send('PUT', '/auth/me', { display_name: 'Administrator' })).status).toBe(200);
      const ui = await session({ origin: 'http://localhost:5173' });
      expect((await ui.send('PUT', '/auth/me', { display_name: 'Administrator' })).status).toBe(200);
    });

    it('are not what a header speaks for: programs may come from anywhere', async () => {
      const { access_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
      const program = new Browser(api.app, { authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' });
      expect((await program.send('PUT', '/auth/me', { display_name: 'Administrator' })).status).toBe(200);
    });

    it('are all gone after a logout', async () => {
      const browser = await session();
      const answer = await browser.get('/auth/logout');
      expect(answer).toMatchObject({ status: 307, location: '/login', body: '' });
      expect(answer.cookies.map((cookie) => cookie.split('=', 1)[0]).sort()).toEqual([
        'attune_access_token',
        'attune_oidc_cli_redirect',
        'attune_oidc_id_token',
        'attune_oidc_nonce',
        'attune_oidc_pkce_verifier',
        'attune_oidc_redirect_to',
        'attune_oidc_state',
        'attune_refresh_token',
      ]);
      expect(answer.cookies.every((cookie) => cookie.includes('=; Path=/; Max-Age=0'))).toBe(true);
      expect((await browser.get('/auth/me')).status).toBe(401);
      expect((await browser.post('/auth/refresh')).status).toBe(401);
    });

    it('are for HTTPS alone in production', async () => {
      const secrets = {
        ATTUNE__ENVIRONMENT: 'production',
        ATTUNE__SECURITY__JWT_SECRET: 'j'.repeat(32),
        ATTUNE__SECURITY__ENCRYPTION_KEY: 'e'.repeat(32),
      };
      const production = await startTestApi({}, secrets);
      const pair = await production.anonymous.call(operations.login, { body: ADMIN });
      const browser = new Browser(production.app);
      browser.jar.set('attune_refresh_token', pair.refresh_token);
      const { cookies } = await browser.post('/auth/refresh');
      expect(cookies).toHaveLength(2);
      for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
      await production.close();
    });
  });

  it('shows the login page what it is told to', async () => {
    const settings = { ATTUNE__SECURITY__LOCAL_PASSWORD__VISIBLE: 'false' };
    const quiet = await startTestApi({}, settings);
    expect(await quiet.anonymous.call(operations.getAuthSettings)).toMatchObject({
      authentication_enabled: true,
      local_password_enabled: true,
      local_password_visible_by_default: false,
      oidc_enabled: false,
      ldap_provider_name: null,
    });
    await quiet.close();
  });

  it('refuses local passwords where they are switched off, whatever they are', () => {
    const environment = { ATTUNE__SECURITY__LOCAL_PASSWORD__ENABLED: 'false' };
    const config = loadConfig({ directory: api.platform.config.dataDir, environment });
    expect(() => requireLocalPasswords(config)).toThrow(expect.objectContaining({ code: 'auth.forbidden' }) as Error);
    expect(authSettings(config)).toMatchObject({ local_password_enabled: false, self_registration_enabled: false });
  });
});
