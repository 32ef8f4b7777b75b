import { connect } from 'node:net';
import { operations } from '@attune/contract';
import { run, sql } from '@attune/common';
import { eventually } from '@attune/testing';
import { createDemo } from '../../spec/scenario.js';
import { ADMIN, startTestApi, type TestApi } from '../../spec/test-api.js';
import { sensorToken } from '../../spec/tokens.js';

describe('what every answer and every body is subject to', () => {
  let api: TestApi;
  let authorization: string;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    const { access_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
    authorization = `Bearer ${token}`;
  });
  afterAll(() => api.close());

  const get = (url: string, headers: Record<string, string> = {}) => api.app.inject({ url, headers });
  const post = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
    api.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { authorization, 'content-type': 'application/json', ...headers },
    });

  describe('headers', () => {
    it.each([
      ['an answer', '/api/v1/packs', 200],
      ['a refusal', '/api/v1/packs?page=x', 400],
      ['nothing', '/nothing', 404],
    ])('forbid browsers to make anything of %s', async (_case, url, status) => {
      const answer = await get(url, { authorization });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy':
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
      });
    });

    it('let nobody keep answers', async () => {
      for (const url of ['/api/v1/packs', '/auth/me']) {
        expect((await get(url, { authorization })).headers['cache-control']).toBe('no-store');
        expect((await get(url)).headers['cache-control']).toBe('no-store');
      }
    });

    it('let the documentation load its own files, and nothing else', async () => {
      const { headers } = await get('/docs/');
      expect(headers['content-security-policy']).toMatch(
        /default-src 'self'.*frame-ancestors 'none'.*script-src 'self';/,
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
    });

    it('let a page that may ask read why it was refused, and the id of the request', async () => {
      const { statusCode, headers } = await get('/api/v1/packs', { origin: 'http://localhost:5173' });
      expect(statusCode).toBe(401);
      expect(headers).toMatchObject({
        'access-control-allow-origin': 'http://localhost:5173',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'X-Request-Id',
      });
      expect(headers['vary']).toMatch(/Origin/);
      const stranger = await get('/api/v1/packs', { origin: 'http://localhost:5173.evil.test', authorization });
      expect(stranger.headers['access-control-allow-origin']).toBeUndefined();
    });
  });

  describe('numbers', () => {
    const pack = (meta: string) =>
      post('/api/v1/packs', `{"ref":"numbers","label":"x","version":"1.0.0","meta":${meta}}`);

    it('are refused where they would become other ones', async () => {
      const answer = await pack('{"serial":12345678901234567890}');
      expect([answer.statusCode, answer.json()]).toEqual([
        422,
        {
          error: 'meta.serial: 12345678901234567890 has more digits than are kept; send it as text',
          code: 'VALIDATION_ERROR',
        },
      ]);
      expect((await pack('{"serial":"12345678901234567890"}')).statusCode).toBe(201);
    });

    it('keep all their digits on their way from a sensor to a rule', async () => {
      const sensor = `Bearer ${await sensorToken(api.platform, 'demo.sensor', ['demo.called'])}`;
      const body = '{"trigger_ref":"demo.called","payload":{"n":12345678901234567890}}';
      const answer = await post('/api/v1/events', body, { authorization: sensor });
      expect(answer.statusCode).toBe(201);
      const [stored] = await run<{ payload: string }>(
        api.dataSource,
        sql`
        select e.payload::text as payload from event as e
        where e.created > now() - interval '1 hour' and e.trigger_ref = 'demo.called'`,
      );
      expect(stored?.payload).toBe('{"n": 12345678901234567890}');
    });

    it('keep all their digits on their way to an action, in the open and as a secret', async () => {
      const body =
        '{"action_ref":"demo.greet","parameters":{"name":12345678901234567890,"token":98765432109876543210}}';
      const answer = await post('/api/v1/executions/execute', body);
      expect(answer.statusCode).toBe(201);
      const [stored] = await run<{ config: string }>(
        api.dataSource,
        sql`
        select e.config::text as config from execution as e
        where e.created > now() - interval '1 hour' and e.action_ref = 'demo.greet'`,
      );
      expect(stored?.config).toContain('12345678901234567890');
      expect(stored?.config).not.toContain('98765432109876543210');
    });

    it('are refused in a typed field, whatever else the body keeps', async () => {
      const body = '{"action_ref":"demo.greet","artifact_retention_limit":12345678901234567890}';
      const answer = await post('/api/v1/executions/execute', body);
      expect(answer.statusCode).toBe(422);
      expect(answer.payload).toMatch(/artifact_retention_limit/);
    });
  });

  describe('over the network', () => {
    let port: number;
    beforeAll(async () => {
      await api.app.listen({ host: '127.0.0.1', port: 0 });
      port = Number(new URL(await api.app.getUrl()).port);
    });

    const notes = (path: string) =>
      run<{ http_status: number; event_type: string }>(
        api.dataSource,
        sql`
        select e.http_status, e.event_type from audit_event as e
        where e.created > now() - interval '1 hour' and e.http_path = ${path}`,
      );

    it('stops reading a body that has no announced length once it is too large', async () => {
      const chunk = Buffer.alloc(64 * 1024, 32);
      let sent = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += chunk.length;
          if (sent > 64 * 1024 * 1024) controller.close();
          else controller.enqueue(chunk);
        },
      });
      const attempt = fetch(`http://127.0.0.1:${port}/api/v1/packs`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body,
        duplex: 'half',
      });
      const status = await attempt.then(
        (answer) => answer.status,
        () => 413, // the connection was closed while we were still sending
      );
      expect(status).toBe(413);
      expect(sent).toBeLessThan(32 * 1024 * 1024);
    });

    it('notes a client that ends before its body does', async () => {
      const socket = connect(port, '127.0.0.1');
      socket.end(
        `PUT /api/v1/packs/cut-short HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n` +
          'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      );
      await eventually(async () => {
        const [note] = await notes('/api/v1/packs/cut-short');
        expect(note).toMatchObject({ event_type: 'api.put.failure' });
      });
      socket.destroy();
    });

    it('notes a client that leaves before it has its answer', async () => {
      const leaving = new AbortController();
      await api.dataSource.transaction(async (db) => {
        await run(db, sql`lock table pack in access exclusive mode`);
        const asked = fetch(`http://127.0.0.1:${port}/api/v1/packs/impatient`, {
          headers: { authorization },
          signal: leaving.signal,
        });
        await eventually(async () => {
          const waiting = await run(
            db,
            sql`select from pg_locks as l where not l.granted and l.relation = 'pack'::regclass`,
          );
          expect(waiting).toHaveLength(1);
        });
        leaving.abort();
        await expect(asked).rejects.toThrow();
        await eventually(async () =>
          expect(await notes('/api/v1/packs/impatient')).toEqual([{ http_status: 499, event_type: 'api.get.failure' }]),
        );
      });
    });
  });
});
