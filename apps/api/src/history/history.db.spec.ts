import { type ApiClient, HistoryValueDigest, operations } from '@attune/contract';
import { createIdentity } from '../../spec/identities.js';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('history', () => {
  let api: TestApi;
  let execution: number;
  let worker: number;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    await createDemo(api.admin, 'other');
    const execute = (client: ApiClient, action_ref: string) =>
      client.call(operations.executeAction, { body: { action_ref } });
    ({ id: execution } = await execute(api.admin, 'demo.greet'));
    await execute(api.admin, 'other.greet');
    await api.dataSource.query(
      `update execution set status = 'cancelled', result = '{"why": "tested"}' where id = $1 and created = time_id_created($1)`,
      [execution],
    );
    const [row] = await api.dataSource.query<[{ id: number }]>(`insert into worker (name) values ('w1') returning id`);
    worker = row.id;
    await api.dataSource.query(`update worker set status = 'inactive' where id = $1`, [worker]);
  });
  afterAll(() => api.close());

  const ofExecution = (client: ApiClient, query: object = {}, id = execution) =>
    client.call(operations.listExecutionHistory, { params: { id }, query });
  const ofWorker = (client: ApiClient) => client.call(operations.listWorkerHistory, { params: { id: worker } });
  const listed = (client: ApiClient, entity_type: 'execution' | 'worker', query: object = {}) =>
    client.call(operations.listHistory, { params: { entity_type }, query });

  it('tells of an execution and of a worker, newest first, with totals', async () => {
    const { items, pagination } = await ofExecution(api.admin, { page_size: 1 });
    expect(items).toMatchObject([
      { operation: 'UPDATE', entity_id: execution, entity_ref: 'demo.greet', old_values: { status: 'requested' } },
    ]);
    expect(HistoryValueDigest.parse((items[0]?.new_values as { result: unknown }).result)).toMatchObject({
      type: 'object',
    });
    expect(pagination).toEqual({
      page: 1,
      page_size: 1,
      total_items: 2,
      total_pages: 2,
      has_previous: false,
      has_next: true,
    });
    expect((await ofWorker(api.admin)).items.map(({ operation }) => operation)).toEqual(['UPDATE', 'INSERT']);
  });

  it('filters, and cuts pages above a thousand', async () => {
    const { items, pagination } = await listed(api.admin, 'execution', { entity_ref: 'other.greet', page_size: 5000 });
    expect(items).toHaveLength(1);
    expect(pagination.page_size).toBe(1000);
    expect((await listed(api.admin, 'worker', { changed_field: 'status', operation: 'UPDATE' })).items).toHaveLength(1);
    expect((await ofExecution(api.admin, { entity_id: execution + 1 })).items).toEqual([]);
    expect((await ofExecution(api.admin, { until: '2025-01-01T00:00:00Z' })).items).toEqual([]);
  });

  it.each([
    ['an unknown kind of thing', '/api/v1/history/pack'],
    ['an unknown operation', '/api/v1/history/execution?operation=MERGE'],
    ['a time that is none', '/api/v1/history/execution?since=yesterday'],
  ])('refuses %s', async (_, url) => {
    const { token } = await createIdentity(api.platform, [{ resource: 'executions', actions: ['read'] }]);
    const { statusCode } = await api.app.inject({ url, headers: { authorization: `Bearer ${token}` } });
    expect(statusCode).toBe(400);
  });

  it('asks for the permission about what the history is of', async () => {
    const forExecutions = await api.withGrants([{ resource: 'executions', actions: ['read'] }]);
    const forWorkers = await api.withGrants([{ resource: 'workers', actions: ['read'] }]);
    expect((await listed(forExecutions, 'execution')).items).toHaveLength(3);
    expect((await listed(forWorkers, 'worker')).items).toHaveLength(2);
    for (const refused of [
      () => listed(forExecutions, 'worker'),
      () => listed(forWorkers, 'execution'),
      () => ofWorker(forExecutions),
      () => ofExecution(forWorkers),
    ]) {
      await expect(refused()).rejects.toMatchObject({ status: 403 });
    }
  });

  it('shows of executions what a constrained grant covers', async () => {
    const ofDemo = await api.withGrants([
      { resource: 'executions', actions: ['read'], constraints: { pack_refs: ['demo'] } },
    ]);
    expect((await listed(ofDemo, 'execution')).items.map(({ entity_ref: ref }) => ref)).toEqual([
      'demo.greet',
      'demo.greet',
    ]);
    const own = await createIdentity(api.platform, [
      { resource: 'executions', actions: ['read'], constraints: { execution_scope: 'descendants' } },
      { resource: 'actions', actions: ['execute'] },
    ]);
    const client = api.withToken(own.token);
    expect((await listed(client, 'execution')).items).toEqual([]);
    const { id } = await client.call(operations.executeAction, { body: { action_ref: 'other.greet' } });
    expect((await listed(client, 'execution')).items).toMatchObject([{ entity_id: id }]);
    expect((await ofExecution(client, {}, execution)).items).toEqual([]);
    expect((await ofExecution(client, {}, id)).items).toHaveLength(1);
  });
});
