import { insertExecutions, type NewExecution } from '@attune/common';
import { type ApiClient, operations } from '@attune/contract';
import { createIdentity } from '../../spec/identities.js';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('executions', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  const execute = (client: ApiClient) => client.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });

  async function insert(more: Partial<NewExecution>): Promise<number> {
    const execution = { action: null, action_ref: 'demo.greet', executor: 1, ...more };
    const [id = 0] = await insertExecutions(api.dataSource, [execution]);
    return id;
  }

  it('are shown only to whom they belong, when the grant says so', async () => {
    const grants = [
      {
        resource: 'executions' as const,
        actions: ['read' as const, 'cancel' as const],
        constraints: { execution_scope: 'self' as const },
      },
      { resource: 'actions' as const, actions: ['execute' as const] },
    ];
    const { token, id } = await createIdentity(api.platform, grants);
    const client = api.withToken(token);
    const own = await execute(client);
    const other = await execute(api.admin);
    expect((await client.call(operations.listExecutions)).items.map((item) => item.id)).toEqual([own.id]);
    expect((await client.call(operations.getExecutionStats)).total).toBe(1);
    expect((await client.call(operations.listExecutions, { query: { executor: id + 1 } })).items).toEqual([]);
    await expect(client.call(operations.getExecution, { params: { id: own.id } })).resolves.toBeDefined();
    for (const operation of [operations.getExecution, operations.cancelExecution]) {
      await expect(client.call(operation, { params: { id: other.id } })).rejects.toMatchObject({ status: 403 });
    }
  });

  it('are shown with all that came from them to whom they belong, when the grant says so', async () => {
    const constraints = { execution_scope: 'descendants' as const };
    const { token, id: owner } = await createIdentity(api.platform, [
      { resource: 'executions', actions: ['read', 'cancel'], constraints },
    ]);
    const client = api.withToken(token);
    const own = await insert({ executor: owner });
    const child = await insert({ executor: 1, parent: own });
    const grandchild = await insert({ executor: null, parent: child });
    const foreign = await insert({ executor: 1, parent: await insert({}) });
    const query = { per_page: 2, include_total: true };
    const page = await client.call(operations.listExecutions, { query });
    expect(page.items.map(({ id }) => id)).toEqual([grandchild, child]);
    expect(page.pagination).toMatchObject({ total_items: 3, has_next: true });
    expect((await client.call(operations.getExecutionStats)).total).toBe(3);
    const read = (id: number) => client.call(operations.getExecution, { params: { id } });
    await expect(read(grandchild)).resolves.toMatchObject({ id: grandchild });
    await expect(read(foreign)).rejects.toMatchObject({ status: 403 });
    const ended = client.call(operations.cancelExecution, { params: { id: grandchild } });
    await expect(ended).resolves.toMatchObject({ status: 'cancelled' });
  });

  it.each([
    ['packs', { pack_refs: ['core'] }],
    ['actions', { refs: ['core.echo'] }],
  ])('are listed for whom a grant names %s', async (_case, constraints) => {
    const execution = await insert({ action_ref: 'core.echo' });
    await insert({ action_ref: 'corewithout.echo' });
    const client = await api.withGrants([{ resource: 'executions', actions: ['read'], constraints }]);
    const page = await client.call(operations.listExecutions, { query: { include_total: true } });
    expect(page.items.map(({ id }) => id)).toContain(execution);
    expect(new Set(page.items.map(({ action_ref: ref }) => ref))).toEqual(new Set(['core.echo']));
    const stats = await client.call(operations.getExecutionStats);
    expect(page.pagination.total_items).toBe(stats.total);
  });
});
