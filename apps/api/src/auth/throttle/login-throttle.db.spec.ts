import { operations } from '@attune/contract';
import { eventually } from '@attune/testing';
import { createApp } from '../../create-app.js';
import { ADMIN, createPlatform, startTestApi, type TestApi } from '../../../spec/test-api.js';
import { AttemptCleanupService } from './attempt-cleanup.service.js';

const SETTINGS = {
  ATTUNE__SECURITY__LOGIN_THROTTLE__PER_LOGIN_AND_ADDRESS: '3',
  ATTUNE__SECURITY__LOGIN_THROTTLE__PER_LOGIN: '6',
  ATTUNE__SECURITY__LOGIN_THROTTLE__PER_ADDRESS: '5',
  ATTUNE__SECURITY__ALLOW_SELF_REGISTRATION: 'true',
};

describe('throttling of logins', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi({}, SETTINGS);
  });
  beforeEach(() => api.dataSource.query('delete from login_attempt'));
  afterAll(() => api.close());

  interface From {
    readonly ip?: string;
    readonly app?: TestApi['app'];
  }

  async function post(url: string, payload: object, { ip = '10.0.0.1', app = api.app }: From = {}) {
    const { statusCode, headers, body } = await app.inject({ method: 'POST', url, payload, remoteAddress: ip });
    return { status: statusCode, retryAfter: Number(headers['retry-after'] ?? 0), body };
  }
  const attempt = (login: string, from: From = {}) => post('/auth/login', { login, password: 'wrong' }, from);
  const logIn = (from: From = {}) => post('/auth/login', ADMIN, from);
  const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status).sort();
  /** Lets time pass: what was counted is older by so much. */
  const wait = (seconds: number) =>
    api.dataSource.query(
      `update login_attempt set counted_at = counted_at - $1 * interval '1 second', expires_at = expires_at - $1 * interval '1 second'`,
      [seconds],
    );

  it('refuses after some failures, says when to try again, and means it', async () => {
    for (let failure = 0; failure < 3; failure++) expect((await attempt('admin')).status).toBe(401);
    const refused = await attempt('admin');
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(refused.retryAfter).toBeGreaterThan(290);
    expect(refused.retryAfter).toBeLessThanOrEqual(300);
    // Also with the right password: the answer must not tell that it is.
    expect((await logIn()).status).toBe(429);
    // Trying again meanwhile does not prolong it.
    await wait(refused.retryAfter);
    expect((await logIn()).status).toBe(200);
  });

  it('lets no more guesses through at once than one after the other', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => attempt('admin')));
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(3);
    expect(statuses(answers).filter((status) => status === 429)).toHaveLength(17);
  });

  it('holds in another process and after a restart', async () => {
    for (let failure = 0; failure < 3; failure++) await attempt('admin');
    const { database, dataDir } = api.platform.config;
    const second = await createApp(await createPlatform(database.url ?? '', dataDir, SETTINGS));
    try {
      expect((await attempt('admin', { app: second })).status).toBe(429);
      expect((await attempt('admin', { app: second, ip: '10.0.0.2' })).status).toBe(401);
    } finally {
      await second.close();
    }
  });

  it('counts all logins of an address together, known or not', async () => {
    for (const login of ['a', 'b', 'c', 'd', 'e']) expect((await attempt(login)).status).toBe(401);
    expect((await attempt('f')).status).toBe(429);
    expect((await attempt('f', { ip: '10.0.0.2' })).status).toBe(401);
  });

  it('counts a login from everywhere together', async () => {
    for (let host = 1; host <= 6; host++) expect((await attempt('admin', { ip: `10.0.1.${host}` })).status).toBe(401);
    expect((await attempt('admin', { ip: '10.0.1.7' })).status).toBe(429);
  });

  it('does not let a stranger keep the owner out of where they log in from', async () => {
    expect((await logIn({ ip: '192.168.0.9' })).status).toBe(200);
    for (let host = 1; host <= 7; host++) await attempt('admin', { ip: `10.0.1.${host}` });
    for (const login of ['a', 'b', 'c', 'd', 'e', 'f']) await attempt(login, { ip: '192.168.0.9' });
    expect((await attempt('x', { ip: '192.168.0.9' })).status).toBe(429);
    expect((await logIn({ ip: '10.0.1.8' })).status).toBe(429);
    expect((await logIn({ ip: '192.168.0.9' })).status).toBe(200);
  });

  it('counts no success', async () => {
    const answers = await Promise.all([logIn(), logIn()]);
    expect(statuses(answers)).toEqual([200, 200]);
    for (let success = 0; success < 8; success++) expect((await logIn()).status).toBe(200);
  });

  it('slows down guessing of tokens and of the current password, and registering', async () => {
    const token = () => post('/auth/token-login', { token: 'attune_it_guess' });
    for (let failure = 0; failure < 5; failure++) expect((await token()).status).toBe(401);
    expect((await token()).status).toBe(429);
    // Whoever has tokens of yesterday does not keep people at the same address from logging in.
    expect((await logIn()).status).toBe(200);

    const body = { current_password: 'wrong', new_password: 'long enough' };
    const change = () => api.admin.call(operations.changePassword, { body }).catch((error: unknown) => error);
    for (let failure = 0; failure < 3; failure++) expect(await change()).toMatchObject({ status: 401 });
    expect(await change()).toMatchObject({ status: 429 });

    const register = (login: string) => post('/auth/register', { login, password: 'long enough' }, { ip: '10.0.0.7' });
    for (const login of ['new-1', 'new-2', 'new-3', 'new-4', 'new-5']) expect((await register(login)).status).toBe(200);
    expect((await register('new-6')).status).toBe(429);
  });

  it('keeps neither logins nor addresses, and forgets', async () => {
    await attempt('my secret password');
    const rows = await api.dataSource.query<object[]>('select a.scope, a.key from login_attempt as a');
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toMatch(/secret|10\.0\.0/);
    const cleanup = api.app.get(AttemptCleanupService);
    await cleanup.execute(new AbortController().signal);
    expect(await api.dataSource.query('select from login_attempt')).toHaveLength(3);
    await wait(901);
    await cleanup.execute(new AbortController().signal);
    expect(await api.dataSource.query('select from login_attempt')).toHaveLength(0);
  });

  it('tells the audit log', async () => {
    for (let failure = 0; failure < 4; failure++) await attempt('audited');
    await logIn({ ip: '10.0.0.3' });
    const rows = async () =>
      api.dataSource.query<{ event_type: string; resource_ref: string; details: object }[]>(
        `select a.event_type, a.resource_ref, a.details from audit_event as a
        where a.created > now() - interval '1 hour' and a.event_type ~ '^(auth.login|security)'
          and a.resource_ref in ('audited', 'admin')
        order by a.id`,
      );
    // Failures are noted a moment later than the success, which is stored with the login.
    const told = await eventually(async () => {
      const audited = (await rows()).filter(({ resource_ref }) => resource_ref === 'audited');
      expect(audited.map(({ event_type }) => event_type)).toEqual([
        'auth.login.failure',
        'auth.login.failure',
        'auth.login.failure',
        'security.rate_limited',
      ]);
      return audited;
    });
    expect((await rows()).filter(({ event_type }) => event_type === 'auth.login.success').at(-1)).toMatchObject({
      resource_ref: 'admin',
    });
    expect(told[0]?.details).toEqual({ method: 'password', reason: 'auth.unauthenticated' });
  });
});
