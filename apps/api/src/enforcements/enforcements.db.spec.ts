import {
  ExecutionSecretValueEntity,
  insertEnforcements,
  insertEvents,
  resolveEnforcements,
  run,
  SecretBox,
  sql,
} from '@attune/common';
import { type ApiClient, operations } from '@attune/contract';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('enforcements', () => {
  let api: TestApi;
  let event: number;
  let older: number;
  let newer: number;

  beforeAll(async () => {
    api = await startTestApi();
    [event = 0] = await insertEvents(api.dataSource, [
      { trigger: null, trigger_ref: 'demo.called', payload: { a: 1 } },
    ]);
    const common = { rule: null, trigger_ref: 'demo.called', event, payload: { a: 1 } };
    [older = 0, newer = 0] = await insertEnforcements(api.dataSource, [
      { ...common, rule_ref: 'demo.one', config: { name: 'Ada' }, conditions: [{ field: 'a', operator: 'exists' }] },
      { ...common, rule_ref: 'demo.two' },
    ]);
    await resolveEnforcements(api.dataSource, [older], 'processed');
  });
  afterAll(() => api.close());

  it('are read with what they made of their event', async () => {
    const enforcement = await api.admin.call(operations.getEnforcement, { params: { id: older } });
    expect(enforcement).toMatchObject({
      rule: null,
      rule_ref: 'demo.one',
      event,
      status: 'processed',
      config: { name: 'Ada' },
      payload: { a: 1 },
      condition: 'all',
      conditions: [{ field: 'a', operator: 'exists' }],
    });
    expect(enforcement.resolved_at).not.toBeNull();
    const open = await api.admin.call(operations.getEnforcement, { params: { id: newer } });
    expect(open).toMatchObject({ status: 'created', resolved_at: null, config: null });
    await expect(api.admin.call(operations.getEnforcement, { params: { id: 4096 } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('are listed newest first and by exact filters', async () => {
    const list = async (query: object) =>
      (await api.admin.call(operations.listEnforcements, { query })).items.map(({ id }) => id);
    expect(await list({})).toEqual([newer, older]);
    expect(await list({ event })).toEqual([newer, older]);
    expect(await list({ status: 'processed' })).toEqual([older]);
    expect(await list({ rule_ref: 'demo.two' })).toEqual([newer]);
    expect(await list({ rule_ref: 'demo.*' })).toEqual([]);
    expect(await list({ trigger_ref: 'demo.called', per_page: 1, page: 2 })).toEqual([older]);
    const counted = await api.admin.call(operations.listEnforcements, { query: { include_total: true, per_page: 1 } });
    expect(counted.pagination).toMatchObject({ total_items: 2, total_pages: 2, has_next: true });
  });

  it('have an empty list of executions when nobody knows them', async () => {
    const page = await api.admin.call(operations.listEnforcementExecutions, { params: { enforcement_id: 4096 } });
    expect(page).toMatchObject({ items: [], pagination: { total_items: 0, total_pages: 0, has_next: false } });
  });

  it('are listed for who reads rules, and read only by who reads enforcements', async () => {
    const viewer = await api.withGrants([{ resource: 'rules', actions: ['read'] }]);
    expect((await viewer.call(operations.listEnforcements)).items).toHaveLength(2);
    await expect(viewer.call(operations.getEnforcement, { params: { id: older } })).rejects.toMatchObject({
      status: 403,
    });
    const narrow = await api.withGrants([
      { resource: 'enforcements', actions: ['read'], constraints: { refs: ['demo.one'] } },
    ]);
    await expect(narrow.call(operations.getEnforcement, { params: { id: older } })).resolves.toBeDefined();
    await expect(narrow.call(operations.getEnforcement, { params: { id: newer } })).rejects.toMatchObject({
      status: 403,
    });
    const seen = await narrow.call(operations.listEnforcements, { query: { include_total: true } });
    expect(seen).toMatchObject({ items: [{ id: older }], pagination: { total_items: 1 } });
  });

  it('show secret values only to who may decrypt them', async () => {
    const { encryptionKey } = api.platform.config.security;
    const box = new SecretBox(encryptionKey);
    await api.dataSource.getRepository(ExecutionSecretValueEntity).insert({
      entity_type: 'enforcement_config',
      entity_id: older,
      json_path: '/name',
      encrypted_value: box.seal('Grace'),
      encryption_key_hash: box.keyHash,
    });
    const ask = (client: ApiClient) =>
      client.call(operations.getEnforcement, { params: { id: older }, query: { include_secret_values: true } });
    await expect(ask(api.admin)).rejects.toMatchObject({ status: 403 });
    const decrypter = await api.withGrants([{ resource: 'enforcements', actions: ['read', 'decrypt'] }]);
    expect(await ask(decrypter)).toMatchObject({ config: { name: 'Grace' } });
    const told = await run(
      api.dataSource,
      sql`
      select a.details from audit_event as a
      where
        a.event_type = 'secret.enforcement_values.decrypted' and a.resource_id = ${older}
        and a.created > now() - interval '1 hour'`,
    );
    expect(told).toEqual([{ details: { pointers: ['/name'] } }]);
  });
});
