import { operations } from '@attune/contract';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { ADMIN } from '../../spec/test-api.js';

describe('the rules of HTTP', () => {
  let api: TestApi;
  let authorization: string;

  beforeAll(async () => {
    api = await startTestApi();
    const { access_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
    authorization = `Bearer ${token}`;
  });
  afterAll(() => api.close());

  const post = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
    api.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { authorization, 'content-type': 'application/json', ...headers },
    });
  const get = (url: string, headers: Record<string, string> = { authorization }) => api.app.inject({ url, headers });

  it('answers an unknown path, and one with a trailing slash, with 404 and nothing else', async () => {
    for (const url of ['/nothing', '/api/v1/rules/', '/api/v2/rules', '/API/v1/rules']) {
      const answer = await get(url);
      expect([answer.statusCode, answer.payload]).toEqual([404, '']);
    }
  });

  it('refuses a URL nobody can read in plain text', async () => {
    for (const url of ['/api/v1/rules/%zz', '/%ff']) {
      const answer = await get(url);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    }
    expect((await get(`/api/v1/rules/${'x'.repeat(255)}`)).statusCode).toBe(404);
  });

  it('tells a wrong method which ones there are', async () => {
    const answer = await api.app.inject({ method: 'PATCH', url: '/api/v1/rules/a.b' });
    expect([answer.statusCode, answer.payload]).toEqual([405, '']);
    expect(answer.headers.allow).toBe('DELETE, GET, HEAD, PUT');
  });

  it('looks at the token before anything else', async () => {
    const answer = await post('/api/v1/rules?page=x', '{nonsense', { authorization: 'Bearer nonsense' });
    expect(answer.statusCode).toBe(401);
    expect((await get('/api/v1/executions/x', {})).statusCode).toBe(401);
    const large = await post('/api/v1/rules', Buffer.alloc(3 * 1024 * 1024, 32), { authorization: 'Bearer nonsense' });
    expect(large.statusCode).toBe(401);
  });

  it.each([
    ['a path id that is no number', '/api/v1/executions/abc'],
    ['a path id that is too large', '/api/v1/executions/99999999999999999999'],
    ['a page that is no number', '/api/v1/rules?page=one'],
    ['a negative page', '/api/v1/rules?page=-1'],
    ['a page sent twice', '/api/v1/rules?page=1&page=2'],
    ['a truth value that is none', '/api/v1/executions?include_total=yes'],
    ['an unknown status', '/api/v1/executions?status=done'],
    ['an unknown status in the path', '/api/v1/executions/status/done'],
  ])('refuses %s in plain text', async (_case, url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.payload).not.toBe('');
  });

  it.each([
    ['malformed JSON', 400, '{"ref":', 'application/json'],
    ['no JSON at all', 400, '', 'application/json'],
    ['another content type', 415, 'ref=x', 'application/x-www-form-urlencoded'],
    ['a missing field', 422, '{"label":"x"}', 'application/json'],
    ['a wrong type', 422, '{"ref":1,"label":"x","version":"1.0.0"}', 'application/json'],
    ['an array', 422, '[]', 'application/json; charset=utf-8'],
  ])('refuses %s in plain text with %i', async (_case, status, body, type) => {
    const answer = await post('/api/v1/packs', body, { 'content-type': type });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('refuses a body without a content type and one that is too large', async () => {
    const untyped = await api.app.inject({
      method: 'POST',
      url: '/api/v1/packs',
      headers: { authorization },
      payload: Buffer.from('{}'),
    });
    expect(untyped.statusCode).toBe(415);
    const large = await post('/api/v1/packs', Buffer.alloc(2 * 1024 * 1024 + 1, 32));
    expect(large.statusCode).toBe(413);
    expect(large.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('names broken limits in the usual error body', async () => {
    const answer = await post('/api/v1/packs', JSON.stringify({ ref: '', label: 'x'.repeat(256), version: '1.0.0' }));
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(answer.json<{ error: string }>().error).toMatch(/^ref: .*; label: /);
  });

  it('ignores unknown keys and query parameters', async () => {
    const answer = await post(
      '/api/v1/packs?x=1',
      JSON.stringify({ ref: 'extra', label: 'x', version: '1.0.0', y: {} }),
    );
    expect(answer.statusCode).toBe(201);
    expect((await get('/api/v1/packs?nothing=1')).statusCode).toBe(200);
  });

  it('survives text no column can hold and JSON nobody can nest', async () => {
    const nul = await post('/api/v1/packs', JSON.stringify({ ref: 'nul', label: 'a\u0000b', version: '1.0.0' }));
    expect([nul.statusCode, nul.json()]).toEqual([
      422,
      { error: 'A value cannot be stored', code: 'UNPROCESSABLE_ENTITY' },
    ]);
    const nested = `{"ref":"deep","label":"x","version":"1.0.0","meta":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    const deep = await post('/api/v1/packs', nested);
    expect(deep.statusCode).toBeGreaterThanOrEqual(400);
    expect(deep.statusCode).toBeLessThan(500);
    const polluted = await post(
      '/api/v1/packs',
      '{"ref":"proto","label":"x","version":"1.0.0","meta":{"__proto__":{"x":1}}}',
    );
    expect(polluted.statusCode).toBe(201);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('reads nothing but UTF-8, and no NUL in a URL', async () => {
    const bytes = Buffer.concat([Buffer.from('{"ref":"latin","label":"caf'), Buffer.from([0xe9]), Buffer.from('"}')]);
    const latin = await post('/api/v1/packs', bytes);
    expect(latin.statusCode).toBe(400);
    expect(latin.payload).toMatch(/not valid JSON/);
    const webhook = await post('/api/v1/webhooks/wh_unknown?raw=true', Buffer.from([0x22, 0xe9, 0x22]));
    expect([webhook.statusCode, webhook.json()]).toEqual([400, expect.objectContaining({ code: 'BAD_REQUEST' })]);
    for (const url of ['/api/v1/packs/core%00', '/api/v1/executions?action_ref=%00']) {
      expect((await get(url)).statusCode).toBe(400);
    }
  });

  it('gives every answer an id of its own', async () => {
    const ids = await Promise.all(
      ['/health', '/nothing', '/api/v1/rules'].map(async (url) => (await get(url)).headers['x-request-id']),
    );
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('lets known web pages in and no others', async () => {
    const preflight = (origin: string) =>
      api.app.inject({
        method: 'OPTIONS',
        url: '/api/v1/rules',
        headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' },
      });
    const known = await preflight('http://localhost:5173');
    expect(known.statusCode).toBe(204);
    expect(known.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:5173',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, PUT, DELETE, PATCH, OPTIONS',
    });
    expect((await preflight('http://evil.test')).headers['access-control-allow-origin']).toBeUndefined();
  });
});
