import { IdentityEntity, IdentityLinkEntity, IdentityRoleAssignmentEntity } from '@attune/common';
import { operations } from '@attune/contract';
import { Browser, type BrowserAnswer } from '../../../spec/browser.js';
import { CLIENT, OidcProvider, type ProviderBehaviour } from '../../../spec/oidc-provider.js';
import { startTestApi, type TestApi } from '../../../spec/test-api.js';

describe('single sign-on', () => {
  let provider: OidcProvider;
  let api: TestApi;

  beforeAll(async () => {
    provider = await OidcProvider.start();
    api = await startTestApi(
      {},
      {
        ATTUNE__SECURITY__OIDC__ENABLED: 'true',
        ATTUNE__SECURITY__OIDC__ISSUER: provider.issuer,
        ATTUNE__SECURITY__OIDC__ALLOW_HTTP: 'true',
        ATTUNE__SECURITY__OIDC__CLIENT_ID: CLIENT.id,
        ATTUNE__SECURITY__OIDC__CLIENT_SECRET: CLIENT.secret,
        ATTUNE__SECURITY__OIDC__REDIRECT_URI: 'https://attune.example.org/auth/callback',
        ATTUNE__SECURITY__OIDC__GROUPS_CLAIM: 'realm.roles',
        ATTUNE__SECURITY__OIDC__PROVIDER_LABEL: 'Example',
      },
    );
  });
  beforeEach(() => {
    provider.behaviour = OidcProvider.good();
  });
  afterAll(async () => {
    await api.close();
    await provider.stop();
  });

  /** From the login page to the provider and back; `tamper` sees what the provider sends back. */
  async function logIn(
    behaviour: Partial<ProviderBehaviour> = {},
    { query = '', browser = new Browser(api.app), tamper = (back: URLSearchParams) => back } = {},
  ): Promise<BrowserAnswer> {
    provider.behaviour = { ...OidcProvider.good(), ...behaviour };
    const begun = await browser.get(`/auth/oidc/login${query}`);
    expect(begun.status).toBe(307);
    return browser.get(`/auth/callback?${tamper(provider.authorize(begun.location)).toString()}`);
  }

  const fragmentOf = ({ location }: BrowserAnswer) => new URLSearchParams(new URL(location, 'https://x').hash.slice(1));
  const me = async (answer: BrowserAnswer) =>
    api.withToken(fragmentOf(answer).get('access_token')).call(operations.getCurrentUser);
  const rolesOf = async (id: number) =>
    (await api.dataSource.getRepository(IdentityRoleAssignmentEntity).findBy({ identity_id: id }))
      .map(({ role, source, managed }) => `${role} ${source}${managed ? ' managed' : ''}`)
      .sort();

  it('is announced to the login page', async () => {
    const settings = await api.anonymous.call(operations.getAuthSettings);
    expect(settings).toMatchObject({ oidc_enabled: true, oidc_provider_label: 'Example', ldap_enabled: false });
  });

  it('logs a browser in, with tokens in the fragment and in cookies', async () => {
    const browser = new Browser(api.app);
    const claims = {
      sub: 'ada-1',
      preferred_username: 'ada',
      name: 'Ada L.',
      email: 'ada@example.org',
      email_verified: true,
    };
    const answer = await logIn({ claims }, { browser, query: '?redirect_to=/executions%3Ftab%3D2' });
    expect(answer.status).toBe(307);
    expect(answer.location).toMatch(/^\/login\/callback#/);
    const fragment = fragmentOf(answer);
    expect(fragment.get('expires_in')).toBe('3600');
    expect(fragment.get('redirect_to')).toBe('/executions?tab=2');
    expect(await me(answer)).toMatchObject({
      login: 'ada',
      display_name: 'Ada L.',
      auth_provider: 'oidc',
      is_local: false,
      can_change_password: false,
      effective_permissions: [],
      provider_profile: { subject: 'ada-1', issuer: provider.issuer, email: 'ada@example.org', email_verified: true },
    });
    expect([...browser.jar.keys()].sort()).toEqual([
      'attune_access_token',
      'attune_oidc_id_token',
      'attune_refresh_token',
    ]);
    expect((await browser.get('/auth/me')).status).toBe(200);
    expect((await browser.post('/auth/refresh')).status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('keeps the secrets of a login in cookies of ten minutes that scripts cannot read', async () => {
    const { cookies, location } = await new Browser(api.app).get('/auth/oidc/login?redirect_to=/a;b');
    const of = (name: string) => cookies.find((cookie) => cookie.startsWith(`${name}=`)) ?? '';
    for (const name of ['attune_oidc_state', 'attune_oidc_nonce', 'attune_oidc_pkce_verifier']) {
      expect(of(name)).toMatch(/^\w+=[\w-]{40,}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
    }
    expect(of('attune_oidc_redirect_to')).toBe(
      'attune_oidc_redirect_to=%2Fa%3Bb; Path=/; Max-Age=600; SameSite=Lax; Secure',
    );
    expect(of('attune_oidc_cli_redirect')).toMatch(/=; Path=\/; Max-Age=0/);
    const sent = new URL(location).searchParams;
    expect(sent.get('scope')).toBe('openid profile email');
    expect(sent.get('code_challenge')).not.toBe(sent.get('state'));
  });

  it('hands tokens to a command line in a page that can post to it alone', async () => {
    const browser = new Browser(api.app);
    const query = `?cli_redirect_uri=${encodeURIComponent('http://127.0.0.1:4242/done?x="><script>')}`;
    const answer = await logIn({}, { browser, query });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'nonce-[\w+/=]+'; form-action http:\/\/127\.0\.0\.1:4242; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(answer.body).toContain(
      '<form id="tokens" method="post" action="http://127.0.0.1:4242/done?x=%22%3E%3Cscript%3E">',
    );
    const token = /name="access_token" value="([^"]+)"/.exec(answer.body)?.[1] ?? '';
    await expect(api.withToken(token).call(operations.getCurrentUser)).resolves.toMatchObject({
      auth_provider: 'oidc',
    });
    expect(browser.jar.size).toBe(0);
  });

  it('forgets the command line of a login that was given up', async () => {
    const browser = new Browser(api.app);
    await browser.get('/auth/oidc/login?cli_redirect_uri=http://localhost:1/');
    expect((await logIn({}, { browser })).status).toBe(307);
  });

  it.each([
    '?redirect_to=//evil.example',
    '?redirect_to=https://evil.example',
    '?cli_redirect_uri=http://evil.example',
  ])('does not begin with %s', async (query) => {
    const answer = await new Browser(api.app).get(`/auth/oidc/login${query}`);
    expect(answer).toMatchObject({ status: 400, cookies: [] });
  });

  it('does not believe cookies that pages may have written', async () => {
    for (const [name, value] of [
      ['attune_oidc_redirect_to', '%2F%2Fevil.example'],
      ['attune_oidc_cli_redirect', encodeURIComponent('http://evil.example/')],
    ] as const) {
      const browser = new Browser(api.app);
      const begun = await browser.get('/auth/oidc/login');
      browser.jar.set(name, value);
      const answer = await browser.get(`/auth/callback?${provider.authorize(begun.location).toString()}`);
      expect(answer).toMatchObject({ status: 400, location: '' });
      expect(answer.body).not.toContain('access_token');
    }
  });

  const past = Math.floor(Date.now() / 1000) - 600;
  it.each<[string, Partial<ProviderBehaviour>]>([
    ['another nonce', { idTokenClaims: { nonce: 'another' } }],
    ['no nonce', { idTokenClaims: { nonce: undefined } }],
    ['another issuer', { idTokenClaims: { iss: 'https://evil.example' } }],
    ['another audience', { idTokenClaims: { aud: 'somebody-else' } }],
    ['a token that has expired', { idTokenClaims: { iat: past - 60, exp: past } }],
    ['a token of the future', { idTokenClaims: { nbf: past + 3_600 } }],
    ['a forged signature', { isForged: true }],
    ['user info about somebody else', { userInfo: { sub: 'root' } }],
  ])('refuses %s', async (_case, behaviour) => {
    const browser = new Browser(api.app);
    const answer = await logIn(behaviour, { browser });
    expect(answer).toMatchObject({ status: 401, location: '' });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(browser.jar.size).toBe(0);
  });

  it.each<[string, (back: URLSearchParams) => URLSearchParams]>([
    ['another state', (back) => changed(back, 'state', 'another')],
    ['another code', (back) => changed(back, 'code', 'guessed')],
    ['an answer of another provider', (back) => changed(back, 'iss', 'https://evil.example')],
    ['a person who declined', () => new URLSearchParams({ error: 'access_denied', error_description: '<b>no' })],
  ])('refuses %s', async (_case, tamper) => {
    const answer = await logIn({}, { tamper });
    expect(answer.status).toBe(401);
    expect(answer.body).not.toContain('<b>');
  });

  it('refuses an answer that this browser did not ask for, or asks for twice', async () => {
    const begun = await new Browser(api.app).get('/auth/oidc/login');
    const back = provider.authorize(begun.location).toString();
    expect((await new Browser(api.app).get(`/auth/callback?${back}`)).status).toBe(400);

    const another = new Browser(api.app);
    await another.get('/auth/oidc/login');
    expect((await another.get(`/auth/callback?${back}`)).status).toBe(401);

    const browser = new Browser(api.app);
    const second = provider.authorize((await browser.get('/auth/oidc/login')).location).toString();
    expect((await browser.get(`/auth/callback?${second}`)).status).toBe(307);
    expect((await browser.get(`/auth/callback?${second}`)).status).toBe(400);
  });

  it('says so when the provider is in trouble', async () => {
    expect((await logIn({ status: 500 })).status).toBe(503);
  });

  it('gives the roles the provider names, and takes them away again, but none that was given by hand', async () => {
    const claims = { sub: 'roles-1', preferred_username: 'rolf' };
    const { id } = await me(await logIn({ claims, userInfo: { realm: { roles: ['ops', 'dev', 'ops', ' ', 7] } } }));
    expect(await rolesOf(id)).toEqual(['dev oidc managed', 'ops oidc managed']);

    await api.dataSource.getRepository(IdentityRoleAssignmentEntity).save({ identity_id: id, role: 'auditor' });
    await logIn({ claims: { ...claims, realm: { roles: ['auditor', 'dev'] } } });
    expect(await rolesOf(id)).toEqual(['auditor manual', 'dev oidc managed']);

    await logIn({ claims });
    expect(await rolesOf(id)).toEqual(['auditor manual']);
    const changes: { details: object }[] = await api.dataSource.query(
      `select a.details from audit_event as a
      where a.created > now() - interval '1 hour' and a.event_type = 'admin.role_assignment.changed' and a.resource_id = $1
      order by a.id`,
      [id],
    );
    expect(changes.map(({ details }) => details)).toEqual([
      { provider: 'oidc', added: ['dev', 'ops'], removed: [] },
      { provider: 'oidc', added: [], removed: ['ops'] },
      { provider: 'oidc', added: [], removed: ['dev'] },
    ]);
  });

  it('knows people by issuer and subject, whatever they are called', async () => {
    const first = await me(await logIn({ claims: { sub: 'eve-1', preferred_username: 'eve', name: 'Eve' } }));
    const renamed = await me(await logIn({ claims: { sub: 'eve-1', preferred_username: 'eva', name: 'Eva' } }));
    expect(renamed).toMatchObject({ id: first.id, login: 'eve', display_name: 'Eva' });
    const namesake = await me(await logIn({ claims: { sub: 'eve-2', preferred_username: 'eve' } }));
    expect(namesake).toMatchObject({ login: `eve@${new URL(provider.issuer).host}` });
    const third = await me(await logIn({ claims: { sub: 'eve-3', preferred_username: 'eve' } }));
    expect(third.login).toMatch(/^oidc:[0-9a-f]{32}$/);
    expect(new Set([first.id, namesake.id, third.id]).size).toBe(3);
  });

  it.each(['admin', 'system', 'sensor:core.timer', ' admin', 'ad\u200bmin'])(
    'never makes somebody who calls themselves %j the one who has that name',
    async (name) => {
      const sub = `claims-${name}`;
      const user = await me(await logIn({ claims: { sub, preferred_username: name, email: 'admin@example.org' } }));
      expect(user.login).not.toBe('admin');
      expect(user).toMatchObject({ auth_provider: 'oidc', effective_permissions: [] });
      expect(user.login).not.toMatch(/^sensor:|^system$|[\u200b ]/);
    },
  );

  it('makes one identity of two first logins at once', async () => {
    const claims = { sub: 'twin', preferred_username: 'twin' };
    const answers = await Promise.all([logIn({ claims }), logIn({ claims }), logIn({ claims })]);
    expect(answers.map(({ status }) => status)).toEqual([307, 307, 307]);
    expect(await api.dataSource.getRepository(IdentityLinkEntity).countBy({ subject: 'twin' })).toBe(1);
    expect(await api.dataSource.getRepository(IdentityEntity).countBy({ login: 'twin' })).toBe(1);
  });

  it('refuses a frozen identity and changes nothing of it', async () => {
    const claims = { sub: 'frosty', name: 'Before' };
    const { id } = await me(await logIn({ claims }));
    await api.dataSource.getRepository(IdentityEntity).update(id, { frozen: true });
    const answer = await logIn({ claims: { sub: 'frosty', name: 'After', realm: { roles: ['ops'] } } });
    expect(answer).toMatchObject({ status: 403, location: '' });
    expect(await api.dataSource.getRepository(IdentityEntity).findOneBy({ id })).toMatchObject({
      display_name: 'Before',
    });
    expect(await rolesOf(id)).toEqual([]);
  });

  it('does not let people rename themselves or set a password', async () => {
    const token = fragmentOf(await logIn({ claims: { sub: 'nora' } })).get('access_token');
    const client = api.withToken(token);
    await expect(client.call(operations.updateCurrentUser, { body: { display_name: 'X' } })).rejects.toMatchObject({
      status: 403,
    });
    const body = { current_password: 'any', new_password: 'long enough' };
    await expect(client.call(operations.changePassword, { body })).rejects.toMatchObject({ status: 403 });
  });

  it('ends the session at the provider as well', async () => {
    const browser = new Browser(api.app);
    await logIn({}, { browser });
    const answer = await browser.get('/auth/logout');
    expect(answer.status).toBe(307);
    const url = new URL(answer.location);
    expect(`${url.origin}${url.pathname}`).toBe(`${provider.issuer}/logout`);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe('https://attune.example.org/login');
    expect(url.searchParams.get('id_token_hint')).toMatch(/^ey/);
    expect(browser.jar.size).toBe(0);
    expect((await browser.get('/auth/logout')).location).toBe('/login');
  });
});

function changed(back: URLSearchParams, name: string, value: string): URLSearchParams {
  const copy = new URLSearchParams(back);
  copy.set(name, value);
  return copy;
}
