import { createHmac } from 'node:crypto';
import { run, SecretBox, sql, TriggerEntity, WebhookEventLogEntity } from '@attune/common';
import { operations } from '@attune/contract';
import { testKinds } from '@attune/testing';
import { createDemo } from '../../spec/scenario.js';
import { createPlatform, startTestApi, type TestApi } from '../../spec/test-api.js';
import { createApp } from '../create-app.js';
import { type AcceptedRequest, WebhookStore } from './webhook-store.service.js';

describe('webhooks', () => {
  let api: TestApi;
  let key: string;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    const trigger = await api.admin.call(operations.enableTriggerWebhook, { params: { ref: 'demo.called' } });
    key = trigger.webhook_key ?? '';
  });
  afterAll(() => api.close());
  beforeEach(() => configure({}));

  const configure = (webhook_config: object) =>
    api.dataSource.getRepository(TriggerEntity).update({ ref: 'demo.called' }, { webhook_config: webhook_config });
  const post = (body: string, { query = '', headers = {}, from = '192.0.2.7', to = key } = {}) =>
    api.app.inject({
      method: 'POST',
      url: `/api/v1/webhooks/${to}${query}`,
      payload: body,
      headers: { 'user-agent': 'tester', ...headers },
      remoteAddress: from,
    });
  const lastLog = async () => {
    const [entry] = await api.dataSource.getRepository(WebhookEventLogEntity).find({ order: { id: 'DESC' }, take: 1 });
    return entry;
  };
  const messagesFor = (event: number) =>
    run<{ queue: string; topic: string }>(
      api.dataSource,
      sql`select m.queue, m.topic from outbox_message as m where m.payload = jsonb_build_object('event_id', ${event}::bigint)`,
    );

  it('turn a request into an event, its message and its log entry', async () => {
    const answer = await post('{"payload":{"name":"Ada"},"headers":{"x":1},"source_ip":"10.0.0.1"}', {
      headers: { 'content-type': 'text/plain', 'x-forwarded-for': '203.0.113.9' },
    });
    expect(answer.statusCode).toBe(200);
    const { data } = answer.json<{ data: { event_id: number; received_at: string } }>();
    expect(data).toMatchObject({ trigger_ref: 'demo.called', message: 'Webhook received successfully' });
    expect(data.received_at).toMatch(/\+00:00$/);
    const event = await api.admin.call(operations.getEvent, { params: { id: data.event_id } });
    expect(event).toMatchObject({ payload: { name: 'Ada' }, source: null, source_ref: 'webhook', rule: null });
    expect(event.config).toEqual({
      source: 'webhook',
      webhook_key: key.slice(-4),
      received_at: data.received_at,
      headers: { x: 1 },
      source_ip: '192.0.2.7',
      user_agent: 'tester',
    });
    expect(await messagesFor(data.event_id)).toEqual([{ queue: 'executor.events', topic: 'event.created' }]);
    expect(await lastLog()).toMatchObject({
      event: data.event_id,
      status_code: 200,
      webhook_key: key.slice(-4),
      error: null,
    });
  });

  it('do not fail because another one is deleted at the same moment', async () => {
    const store = api.app.get(WebhookStore);
    const { id: trigger } = await api.dataSource.getRepository(TriggerEntity).findOneByOrFail({ ref: 'demo.called' });
    const request = (of: number): AcceptedRequest => ({
      event: {
        ...{ trigger: of, triggerRef: 'demo.called', configText: null, payloadText: '{}', source: null },
        ...{ sourceRef: 'webhook', rule: null, ruleRef: null, triggerInstanceId: null },
      },
      log: {
        ...{ trigger: of, triggerRef: 'demo.called', keyEnd: 'wxyz', sourceIp: '192.0.2.7', userAgent: null },
        ...{ sizeBytes: 2, statusCode: 200, error: null, processingMs: 1 },
        ...{ isSignatureRight: null, isRateLimited: false, isAddressAllowed: null },
      },
    });
    // The first goes alone; the others share a statement.
    const answers = await Promise.allSettled(
      [trigger, trigger, 999_999, trigger].map((of) => store.record(request(of))),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('keep every digit of large numbers', async () => {
    for (const [body, query] of [
      ['{"payload":{"id":12345678901234567890}}', ''],
      ['{"id":12345678901234567890}', '?raw=true'],
    ]) {
      const { data } = (await post(body ?? '', { query })).json<{ data: { event_id: number } }>();
      const [row] = await run<{ text: string }>(
        api.dataSource,
        sql`select e.payload->>'id' as text from event as e where e.id = ${data.event_id} and e.created = time_id_created(${data.event_id})`,
      );
      expect(row?.text).toBe('12345678901234567890');
    }
  });

  it.each([
    ['null', 'null'],
    ['a list', '[1,2]'],
    ['text', '"hello"'],
    ['an object with a payload', '{"payload":1}'],
  ])('take %s as it is with ?raw=true', async (_case, body) => {
    const { data } = (await post(body, { query: '?raw=true' })).json<{ data: { event_id: number } }>();
    const event = await api.admin.call(operations.getEvent, { params: { id: data.event_id } });
    expect(event.payload).toEqual(JSON.parse(body));
  });

  it.each([
    ['no JSON', 'nonsense', ''],
    ['no payload', '{"data":1}', ''],
    ['a bare list', '[1]', ''],
    ['nothing', '', ''],
    ['nothing raw', '', '?raw=true'],
    ['a NUL', '{"payload":"\\u0000"}', ''],
    ['absurd nesting', `{"payload":${'['.repeat(1_000)}${']'.repeat(1_000)}}`, ''],
  ])('refuse %s with 400, and remember it', async (_case, body, query) => {
    const answer = await post(body, { query });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await lastLog()).toMatchObject({ status_code: 400, event: null, payload_size_bytes: body.length });
  });

  it('know no other keys', async () => {
    const unknown = `wh_${'0'.repeat(32)}`;
    expect((await post('{"payload":1}', { to: unknown })).statusCode).toBe(404);
    expect((await post('nonsense', { to: unknown })).statusCode).toBe(400);
    const large = await post(`{"payload":"${'x'.repeat(2 * 1024 * 1024)}"}`);
    expect(large.statusCode).toBe(413);
  });

  it('hold to their size', async () => {
    await configure({ payload_size_limit_kb: 1 });
    expect((await post('{"payload":1}')).statusCode).toBe(200);
    expect((await post(`{"payload":"${'x'.repeat(1_024)}"}`)).statusCode).toBe(400);
    expect(await lastLog()).toMatchObject({ status_code: 413 });
  });

  it.each([
    ['192.0.2.7', ['192.0.2.7'], 200],
    ['192.0.2.7', ['192.0.2.0/24'], 200],
    ['::ffff:192.0.2.7', ['192.0.2.0/24'], 200],
    ['2001:db8::1', ['2001:db8::/32'], 200],
    ['192.0.3.7', ['192.0.2.0/24', '10.0.0.1'], 403],
    ['192.0.2.7', ['192.0.2.7', 'nonsense'], 403],
  ])('from %s with %j answer %i', async (from, ips, status) => {
    await configure({ ip_whitelist: { enabled: true, ips } });
    const answer = await post('{"payload":1}', {
      from,
      headers: { 'x-forwarded-for': '192.0.2.7', 'x-real-ip': '192.0.2.7' },
    });
    expect(answer.statusCode).toBe(status);
    expect(await lastLog()).toMatchObject({ ip_allowed: status === 200, status_code: status });
  });

  it('count requests in fixed windows, also those that come at once', async () => {
    await configure({ rate_limit: { enabled: true, requests: 3, window_seconds: 3_600 } });
    await api.dataSource.getRepository(WebhookEventLogEntity).clear();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('{"payload":1}')));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect(answers.find(({ statusCode }) => statusCode === 429)?.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  });

  it('count together what several API processes take', async () => {
    await configure({ rate_limit: { enabled: true, requests: 5, window_seconds: 3_600 } });
    await api.dataSource.getRepository(WebhookEventLogEntity).clear();
    const { url } = api.platform.config.database;
    const second = await createApp(await createPlatform(url ?? '', api.platform.config.dataDir));
    try {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          (n % 2 === 0 ? api.app : second).inject({
            method: 'POST',
            url: `/api/v1/webhooks/${key}`,
            payload: '{"payload":1}',
          }),
        ),
      );
      expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(5);
      expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(7);
    } finally {
      await second.close();
    }
  });

  describe('with signatures', () => {
    const secret = 'signing secret';
    const body = '{"payload": {"a":  1}}';
    const signed = (algorithm: string, text = body, using = secret) =>
      createHmac(algorithm, using).update(text).digest('hex');
    const sealed = () => new SecretBox(api.platform.config.security.encryptionKey).seal(secret);

    it.each([
      ['sha256', { 'x-webhook-signature': signed('sha256') }, 200],
      ['sha256', { 'x-hub-signature-256': `sha256=${signed('sha256')}` }, 200],
      ['sha256', { 'x-webhook-signature': `SHA256=${signed('sha256').toUpperCase()}` }, 200],
      ['sha512', { 'x-webhook-signature': `sha512=${signed('sha512')}` }, 200],
      ['sha1', { 'x-webhook-signature': signed('sha1') }, 200],
      ['sha256', {}, 401],
      ['sha256', { 'x-webhook-signature': signed('sha1') }, 401],
      ['sha256', { 'x-webhook-signature': `sha512=${signed('sha512')}` }, 401],
      ['sha256', { 'x-webhook-signature': signed('sha256', '{"payload":{"a":1}}') }, 401],
      ['sha256', { 'x-webhook-signature': signed('sha256', body, 'other') }, 401],
      ['sha256', { 'x-webhook-signature': 'nonsense' }, 401],
      ['sha256', { 'x-webhook-signature': '' }, 401],
    ])('by %s and %j answer %i', async (algorithm, headers, status) => {
      await configure({ hmac: { enabled: true, algorithm, secret: sealed() } });
      expect((await post(body, { headers })).statusCode).toBe(status);
      expect(await lastLog()).toMatchObject({ hmac_verified: status === 200, status_code: status });
    });

    it('say in the event that they were checked', async () => {
      await configure({ hmac: { enabled: true, algorithm: 'sha256', secret: sealed() } });
      const answer = await post(body, { headers: { 'x-webhook-signature': signed('sha256') } });
      const { data } = answer.json<{ data: { event_id: number } }>();
      const event = await api.admin.call(operations.getEvent, { params: { id: data.event_id } });
      expect(event.config).toMatchObject({ hmac_verified: true });
      expect(JSON.stringify(event)).not.toContain(secret);
    });

    it('are never right when the secret cannot be opened', async () => {
      const other = new SecretBox('another key that has 32 characters').seal(secret);
      for (const unusable of [
        other,
        'plain text',
        new SecretBox(api.platform.config.security.encryptionKey).seal(''),
      ]) {
        await configure({ hmac: { enabled: true, algorithm: 'sha256', secret: unusable } });
        const headers = { 'x-webhook-signature': signed('sha256') };
        expect((await post(body, { headers })).statusCode).toBe(401);
      }
    });
  });

  it.each([
    [{ hmac: { enabled: true, algorithm: 'sha256' } }],
    [{ hmac: { enabled: true, secret: 'x' } }],
    [{ hmac: { enabled: true, secret: 'x', algorithm: 'md5' } }],
    [{ hmac: { secret: 'x', algorithm: 'sha256' } }],
    [{ ip_whitelist: { enabled: true } }],
    [{ ip_whitelist: { enabled: true, ips: [] } }],
    [{ rate_limit: { enabled: true, requests: 0, window_seconds: 60 } }],
    [{ payload_size_limit_kb: 'large' }],
    [{ something_new: { enabled: true } }],
    [[]],
  ])('let nobody in when configured as %j', async (options) => {
    await configure(options);
    expect((await post('{"payload":1}')).statusCode).toBe(403);
  });

  it('ignore checks that are switched off', async () => {
    await configure({ hmac: { enabled: false }, ip_whitelist: { enabled: false }, rate_limit: { enabled: false } });
    expect((await post('{"payload":1}')).statusCode).toBe(200);
  });

  it('take events of a disabled trigger, but not without a key', async () => {
    await api.admin.call(operations.disableTrigger, { params: { ref: 'demo.called' } });
    expect((await post('{"payload":1}')).statusCode).toBe(200);
    await api.admin.call(operations.disableTriggerWebhook, { params: { ref: 'demo.called' } });
    expect((await post('{"payload":1}')).statusCode).toBe(404);
  });
});

describe.each(testKinds())('on %s', (kind) => {
  it('webhooks go on when the server stops planning their statement anew', async () => {
    const api = await startTestApi({ kind });
    try {
      await createDemo(api.admin);
      const { webhook_key: key } = await api.admin.call(operations.enableTriggerWebhook, {
        params: { ref: 'demo.called' },
      });
      // After five executions of a prepared statement PostgreSQL may choose one plan for all values.
      for (let count = 1; count <= 8; count += 1) {
        const params = { webhook_key: key ?? '' };
        const received = await api.anonymous.call(operations.receiveWebhook, { params, body: { payload: { count } } });
        const event = await api.admin.call(operations.getEvent, { params: { id: received.event_id } });
        expect(event.payload).toEqual({ count });
      }
    } finally {
      await api.close();
    }
  });
});
