import { createHmac } from 'node:crypto';
import { SecretBox, TriggerEntity } from '@attune/common';
import { operations, type TriggerWebhookConfig } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

const REF = 'demo.called';

describe('the settings of a webhook', () => {
  let api: TestApi;
  let key: string;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    key = (await api.admin.call(operations.enableTriggerWebhook, { params: { ref: REF } })).webhook_key ?? '';
  });
  afterAll(() => api.close());
  beforeEach(() => replace({}));

  const replace = (body: TriggerWebhookConfig, client = api.admin) =>
    client.call(operations.updateTriggerWebhookConfig, { params: { ref: REF }, body });
  const get = (client = api.admin) => client.call(operations.getTriggerWebhookConfig, { params: { ref: REF } });
  const stored = async () =>
    (await api.dataSource.getRepository(TriggerEntity).findOneByOrFail({ ref: REF })).webhook_config;
  const secretChanges = async () => {
    const [row] = await api.dataSource.query<[{ count: number; texts: string }]>(
      `select count(*)::int as count, coalesce(string_agg(a::text, ''), '') as texts from audit_event as a
       where a.event_type = 'security.webhook_secret.changed' and a.created > now() - interval '1 day'`,
    );
    expect(row.texts).not.toMatch(/the first|the second/);
    return row.count;
  };
  const post = (body: string, headers: Record<string, string> = {}) =>
    api.app.inject({
      method: 'POST',
      url: `/api/v1/webhooks/${key}`,
      payload: body,
      headers,
      remoteAddress: '192.0.2.7',
    });
  const status = async (headers: Record<string, string> = {}) => (await post('{"payload":1}', headers)).statusCode;
  const signatureBy = (secret: string) => ({
    'x-webhook-signature': createHmac('sha256', secret).update('{"payload":1}').digest('hex'),
  });

  it('are none at first, and are replaced as a whole', async () => {
    expect(await get()).toEqual({});
    const rate_limit = { enabled: true, requests: 100, window_seconds: 60 };
    expect(await replace({ payload_size_limit_kb: 16, rate_limit })).toEqual({ payload_size_limit_kb: 16, rate_limit });
    expect(await get()).toEqual({ payload_size_limit_kb: 16, rate_limit });
    expect(await replace({ ip_whitelist: { enabled: true, ips: ['192.0.2.0/24'] }, hmac: null })).toEqual({
      ip_whitelist: { enabled: true, ips: ['192.0.2.0/24'] },
    });
    expect(await status()).toBe(200);
    await replace({ ip_whitelist: { enabled: true, ips: ['2001:db8::/32'] } });
    expect(await status()).toBe(403);
  });

  it('keep the secret encrypted and never show it', async () => {
    const answer = await replace({ hmac: { enabled: true, secret: 'top secret', algorithm: 'sha256' } });
    expect(answer).toEqual({ hmac: { enabled: true, secret: '***', algorithm: 'sha256' } });
    expect(await get()).toEqual(answer);
    const { hmac } = (await stored()) as { hmac: { secret: string } };
    expect(hmac.secret).not.toContain('top secret');
    expect(new SecretBox(api.platform.config.security.encryptionKey).open(hmac.secret)).toBe('top secret');
    expect(await status(signatureBy('top secret'))).toBe(200);
    expect(await status()).toBe(401);
  });

  it('keep the stored secret when what was read is sent back', async () => {
    await replace({ hmac: { enabled: true, secret: 'the first', algorithm: 'sha256' } });
    const told = await secretChanges();
    await replace({ ...(await get()), payload_size_limit_kb: 8 });
    expect(await secretChanges()).toBe(told);
    expect(await status(signatureBy('the first'))).toBe(200);
    const changes = await secretChanges();
    await replace({ hmac: { enabled: true, secret: 'the second', algorithm: 'sha256' } });
    expect(await secretChanges()).toBe(changes + 1);
    expect(await status(signatureBy('the first'))).toBe(401);
    expect(await status(signatureBy('the second'))).toBe(200);
    await replace({});
    await expect(replace({ hmac: { enabled: true, secret: '***', algorithm: 'sha256' } })).rejects.toMatchObject({
      status: 422,
    });
  });

  it('stay when the webhook is switched off and on again, with another key', async () => {
    const settings = await replace({ hmac: { enabled: true, secret: 'stays', algorithm: 'sha256' } });
    await api.admin.call(operations.disableTriggerWebhook, { params: { ref: REF } });
    expect(await status(signatureBy('stays'))).toBe(404);
    const enabled = await api.admin.call(operations.enableTriggerWebhook, { params: { ref: REF } });
    expect(enabled.webhook_key).not.toBe(key);
    key = enabled.webhook_key ?? '';
    expect(await get()).toEqual(settings);
    expect(await status()).toBe(401);
    expect(await status(signatureBy('stays'))).toBe(200);
  });

  it.each([
    ['signatures without a secret', { hmac: { enabled: true, algorithm: 'sha256' } }],
    ['signatures with an empty secret', { hmac: { enabled: true, algorithm: 'sha256', secret: '' } }],
    ['signatures without an algorithm', { hmac: { enabled: true, secret: 'x' } }],
    ['an unknown algorithm', { hmac: { enabled: true, secret: 'x', algorithm: 'md5' } }],
    ['nobody who may send', { ip_whitelist: { enabled: true, ips: [] } }],
    ['a network that is none', { ip_whitelist: { enabled: true, ips: ['10.0.0.0/33'] } }],
    ['a network without its length', { ip_whitelist: { enabled: true, ips: ['10.0.0.0/'] } }],
    ['a name', { ip_whitelist: { enabled: false, ips: ['example.com'] } }],
    ['no requests at all', { rate_limit: { enabled: true, requests: 0, window_seconds: 60 } }],
    ['a limit without a window', { rate_limit: { enabled: true, requests: 5 } }],
    ['a negative window', { rate_limit: { enabled: false, requests: 5, window_seconds: -1 } }],
    ['no size', { payload_size_limit_kb: 0 }],
    ['a size nobody could send', { payload_size_limit_kb: 4096 }],
    ['half a kibibyte', { payload_size_limit_kb: 0.5 }],
    ['a section that does not exist', { ip_whitelists: { enabled: true, ips: ['10.0.0.1'] } }],
    ['a field that does not exist', { hmac: { enabled: true, secret: 'x', algorithm: 'sha256', header: 'X' } }],
  ])('are refused with %s, and what was there stays', async (_case, settings) => {
    await replace({ payload_size_limit_kb: 16 });
    await expect(replace(settings as TriggerWebhookConfig)).rejects.toMatchObject({ status: 422 });
    expect(await get()).toEqual({ payload_size_limit_kb: 16 });
  });

  it('are for those who may read and change the trigger', async () => {
    const reader = await api.withGrants([{ resource: 'triggers', actions: ['read'] }]);
    const stranger = await api.withGrants([
      { resource: 'triggers', actions: ['read', 'update'], constraints: { refs: ['demo.other'] } },
    ]);
    expect(await get(reader)).toEqual({});
    for (const refused of [() => replace({}, reader), () => get(stranger), () => replace({}, stranger)]) {
      await expect(refused()).rejects.toMatchObject({ status: 403 });
    }
    await expect(
      api.admin.call(operations.getTriggerWebhookConfig, { params: { ref: 'demo.nowhere' } }),
    ).rejects.toMatchObject({ status: 404 });
  });
});
