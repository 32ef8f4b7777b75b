import { WebhookEventLogEntity } from '@attune/common';
import { operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { clientAddress } from './client-address.js';

describe('the address of a client', () => {
  let api: TestApi;
  let key: string;

  beforeAll(async () => {
    api = await startTestApi({}, { ATTUNE__SERVER__TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8, 192.0.2.1' });
    await createDemo(api.admin);
    const params = { ref: 'demo.called' };
    key = (await api.admin.call(operations.enableTriggerWebhook, { params })).webhook_key ?? '';
    const ip_whitelist = { enabled: true, ips: ['203.0.113.0/24', '2001:db8::/32'] };
    await api.admin.call(operations.updateTriggerWebhookConfig, { params, body: { ip_whitelist } });
  });
  afterAll(() => api.close());

  it.each([
    // through a trusted proxy: the last address that is none of ours
    ['10.1.2.3', '203.0.113.9', 200, '203.0.113.9'],
    ['10.1.2.3', '198.51.100.1, 203.0.113.9, 10.9.9.9', 200, '203.0.113.9'],
    ['::ffff:10.1.2.3', '203.0.113.9', 200, '203.0.113.9'],
    ['fd00::5', '2001:db8::7', 200, '2001:db8::7'],
    ['10.1.2.3', '203.0.113.9:4711', 200, '203.0.113.9'],
    ['10.1.2.3', '[2001:db8::7]:4711', 200, '2001:db8::7'],
    // what a client wrote itself stands further left and does not help it
    ['10.1.2.3', '203.0.113.9, 198.51.100.1', 403, '198.51.100.1'],
    // not through a proxy: the header is nobody's word
    ['198.51.100.1', '203.0.113.9', 403, '198.51.100.1'],
    ['203.0.113.9', '198.51.100.1', 200, '203.0.113.9'],
    // the proxy itself, and a proxy that passes nonsense on
    ['10.1.2.3', undefined, 403, '10.1.2.3'],
    ['10.1.2.3', 'unknown', 403, '::'],
    ['10.1.2.3', '203.0.113.9, nonsense', 403, '::'],
  ])('from %s with %s answers %i as %s', async (remoteAddress, forwarded, status, address) => {
    const { statusCode } = await api.app.inject({
      method: 'POST',
      url: `/api/v1/webhooks/${key}`,
      payload: '{"payload":1}',
      headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }), 'x-real-ip': '203.0.113.9' },
      remoteAddress,
    });
    expect(statusCode).toBe(status);
    const [entry] = await api.dataSource.getRepository(WebhookEventLogEntity).find({ order: { id: 'DESC' }, take: 1 });
    expect(entry?.source_ip).toBe(address);
  });

  it.each([
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1]', 'fe80::1'],
    ['', '::'],
    ['1.2.3', '::'],
  ])('written as "%s" is %s', (forwarded, address) => {
    expect(clientAddress(forwarded)).toBe(address);
  });
});
