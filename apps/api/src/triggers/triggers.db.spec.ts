import { operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('triggers', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  const params = { ref: 'demo.called' };

  it('are created ad-hoc, read and listed', async () => {
    const trigger = await api.admin.call(operations.getTrigger, { params });
    expect(trigger).toMatchObject({ pack_ref: 'demo', enabled: true, is_adhoc: true, webhook_enabled: false });
    expect(trigger).not.toHaveProperty('webhook_key');
    const page = await api.admin.call(operations.listPackTriggers, { params: { pack_ref: 'demo' } });
    expect(page.items).toMatchObject([{ ref: 'demo.called' }]);
    expect(page.pagination.total_items).toBe(1);
    const loose = { ref: 'loose.trigger', label: 'Loose' };
    expect(await api.admin.call(operations.createTrigger, { body: loose })).toMatchObject({
      pack: null,
      pack_ref: null,
    });
  });

  it('change partially and clear with a patch', async () => {
    const body = { label: 'New', description: { op: 'set', value: 'why' }, param_schema: { op: 'clear' } } as const;
    const changed = await api.admin.call(operations.updateTrigger, { params, body });
    expect(changed).toMatchObject({ label: 'New', description: 'why', param_schema: null });
    const kept = await api.admin.call(operations.updateTrigger, { params, body: {} });
    expect({ ...kept, updated: '' }).toEqual({ ...changed, updated: '' });
  });

  it('are switched off and on', async () => {
    await api.admin.call(operations.disableTrigger, { params });
    const enabled = async () =>
      (await api.admin.call(operations.listEnabledTriggers, { query: { page_size: 100 } })).items;
    expect((await enabled()).map(({ ref }) => ref)).not.toContain('demo.called');
    expect(await api.admin.call(operations.enableTrigger, { params })).toMatchObject({ enabled: true });
    expect((await enabled()).map(({ ref }) => ref)).toContain('demo.called');
  });

  it('get, keep, change and lose a webhook key', async () => {
    await expect(api.admin.call(operations.regenerateTriggerWebhook, { params })).rejects.toMatchObject({
      status: 400,
    });
    const { webhook_key: key, webhook_enabled: enabled } = await api.admin.call(operations.enableTriggerWebhook, {
      params,
    });
    expect([enabled, key]).toEqual([true, expect.stringMatching(/^wh_[0-9a-f]{32}$/)]);
    expect((await api.admin.call(operations.enableTriggerWebhook, { params })).webhook_key).toBe(key);
    const other = (await api.admin.call(operations.regenerateTriggerWebhook, { params })).webhook_key;
    expect(other).toMatch(/^wh_/);
    expect(other).not.toBe(key);
    const disabled = await api.admin.call(operations.disableTriggerWebhook, { params });
    expect(disabled).toMatchObject({ webhook_enabled: false });
    expect(disabled).not.toHaveProperty('webhook_key');
  });

  it.each([
    ['an unknown pack', { pack_ref: 'nothing' }, 404],
    ['a ref that is taken', {}, 409],
    ['a ref without a dot', { ref: 'nodot' }, 422],
    ['a schema nobody can use', { ref: 'demo.bad', param_schema: { a: { pattern: '(' } } }, 422],
    ['a schema that is no object', { ref: 'demo.bad', param_schema: 'text' }, 422],
  ])('refuse %s', async (_case, body, status) => {
    const attempt = api.admin.call(operations.createTrigger, { body: { ref: 'demo.called', label: 'x', ...body } });
    await expect(attempt).rejects.toMatchObject({ status });
  });

  it('are deleted, and their rules stay without them', async () => {
    await api.admin.call(operations.deleteTrigger, { params });
    await expect(api.admin.call(operations.getTrigger, { params })).rejects.toMatchObject({ status: 404 });
    const rule = await api.admin.call(operations.getRule, { params: { ref: 'demo.on-call' } });
    expect(rule).toMatchObject({ trigger: null, trigger_ref: 'demo.called' });
  });
});
