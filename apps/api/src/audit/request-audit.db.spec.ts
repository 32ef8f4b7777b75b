import { run, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { eventually } from '@attune/testing';
import { ADMIN, startTestApi, type TestApi } from '../../spec/test-api.js';

describe('the audit of requests', () => {
  let api: TestApi;
  let authorization: string;

  beforeAll(async () => {
    api = await startTestApi();
    const { access_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
    authorization = `Bearer ${token}`;
  });
  afterAll(() => api.close());

  type Noted = Readonly<Record<string, unknown>>;

  const notedOf = (requestId: unknown): Promise<Noted[]> =>
    run<Noted>(
      api.dataSource,
      sql`
      select a.event_type, a.outcome, a.actor_login, a.actor_token_type, a.actor_ip, a.actor_user_agent, a.http_method,
        a.http_path, a.http_status, a.duration_ms
      from audit_event as a
      where a.created > now() - interval '1 hour' and a.request_id = ${requestId}::uuid`,
    );

  async function ask(method: 'GET' | 'POST' | 'OPTIONS', url: string, headers: Record<string, string> = {}) {
    const answer = await api.app.inject({ method, url, headers: { 'user-agent': 'spec', ...headers } });
    return { status: answer.statusCode, id: answer.headers['x-request-id'] };
  }

  it.each([
    ['GET', '/api/v1/packs?page=1', 'api.get.success', '/api/v1/packs', 200, ADMIN.login],
    ['GET', '/api/v1/packs', 'api.get.denied', '/api/v1/packs', 401, null],
    ['GET', '/api/v1/packs/none', 'api.get.failure', '/api/v1/packs/none', 404, ADMIN.login],
    ['GET', '/nothing', 'api.get.failure', '/nothing', 404, null],
    ['GET', '/api/v1/packs/%zz', 'api.get.failure', '/api/v1/packs/%zz', 400, null],
    ['POST', '/api/v1/packs', 'api.post.failure', '/api/v1/packs', 415, ADMIN.login],
    ['POST', '/api/v1/webhooks/wh_0123456789abcdef', 'api.post.failure', '/api/v1/webhooks/***', 400, null],
    ['POST', '/api/v1/webhooks/other-key/more', 'api.post.failure', '/api/v1/webhooks/***/more', 404, null],
    ['POST', '/wh_0123456789abcdef', 'api.post.failure', '/***', 404, null],
  ] as const)('notes %s %s as %s', async (method, url, type, path, status, login) => {
    const { id, status: answered } = await ask(method, url, login === null ? {} : { authorization });
    expect(answered).toBe(status);
    await eventually(async () =>
      expect(await notedOf(id)).toEqual([
        {
          event_type: type,
          outcome: type.split('.')[2],
          actor_login: login,
          actor_token_type: login === null ? null : 'access',
          actor_ip: '127.0.0.1',
          actor_user_agent: 'spec',
          http_method: method,
          http_path: path,
          http_status: status,
          duration_ms: expect.any(Number) as number,
        },
      ]),
    );
  });

  it.each(['/health', '/health/live', '/docs/', '/api-spec/openapi.json', '/api/v1/audit-events/1'])(
    'leaves %s out',
    async (url) => {
      const left = await ask('GET', url);
      const noted = await ask('GET', '/nothing');
      // The second one came later, so the first one would be there by then.
      await eventually(async () => expect(await notedOf(noted.id)).toHaveLength(1));
      expect(await notedOf(left.id)).toEqual([]);
    },
  );

  it('makes ids of its own, whatever the request brings', async () => {
    const brought = '00000000-0000-4000-8000-000000000000';
    const { id } = await ask('GET', '/nothing', { 'x-request-id': brought });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
