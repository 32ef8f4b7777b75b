import { execute, registerWorker, run, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('workers', () => {
  let api: TestApi;
  const ids: number[] = [];

  beforeAll(async () => {
    api = await startTestApi();
    for (const name of ['alive', 'busy', 'cordoned', 'quiet']) {
      ids.push(
        await registerWorker(api.dataSource, {
          name,
          worker_role: 'action',
          capabilities: { runtimes: { shell: ['5.2'], python: [] }, max_concurrent_executions: 4 },
        }),
      );
    }
    await run(
      api.dataSource,
      sql`update worker as w set cordoned = true, cordon_reason = 'disk' where w.name = 'cordoned' returning w.id`,
    );
    await run(
      api.dataSource,
      sql`update worker as w set last_heartbeat = now() - interval '10 minutes' where w.name = 'quiet' returning w.id`,
    );
  });
  afterAll(() => api.close());

  it('show what they offer and hold', async () => {
    const worker = await api.admin.call(operations.getWorker, { params: { id: ids[0] ?? 0 } });
    expect(worker).toMatchObject({
      name: 'alive',
      status: 'active',
      health_state: 'active',
      heartbeat_stale: false,
      supported_runtimes: expect.arrayContaining([{ name: 'shell', versions: ['5.2'] }]) as unknown[],
      load: { running: 0, total_active: 0, max_concurrent_executions: 4, utilization_percent: 0, queue_depth: null },
    });
    await expect(api.admin.call(operations.getWorker, { params: { id: 4711 } })).rejects.toMatchObject({ status: 404 });
  });

  it('are cordoned with a reason and uncordoned again', async () => {
    const id = ids[1] ?? 0;
    const me = await api.admin.call(operations.getCurrentUser);
    const cordon = (body: { reason?: string | null }) =>
      api.admin.call(operations.cordonWorker, { params: { id }, body });
    expect(await cordon({ reason: 'new disk' })).toMatchObject({
      id,
      cordoned: true,
      cordon_reason: 'new disk',
      cordoned_by: me.id,
      cordoned_at: expect.any(String) as string,
      health_state: 'cordoned',
    });
    expect(await cordon({})).toMatchObject({ cordoned: true, cordon_reason: null });
    const free = { cordoned: false, cordon_reason: null, cordoned_by: null, cordoned_at: null, health_state: 'active' };
    for (let time = 1; time <= 2; time += 1) {
      expect(await api.admin.call(operations.uncordonWorker, { params: { id } })).toMatchObject(free);
    }
    const history = await run(
      api.dataSource,
      sql`select h.new_values ->> 'cordoned' as cordoned from worker_history as h
          where h.entity_id = ${id} and 'cordoned' = any(h.changed_fields) order by h.time`,
    );
    expect(history).toEqual([{ cordoned: 'true' }, { cordoned: 'false' }]);
  });

  it('are cordoned by whoever may manage them, and only when they are there', async () => {
    const id = ids[1] ?? 0;
    const reader = await api.withGrants([{ resource: 'workers', actions: ['read'] }]);
    for (const client of [api.admin, reader]) {
      const status = client === api.admin ? 404 : 403;
      const params = { id: client === api.admin ? 4711 : id };
      await expect(client.call(operations.cordonWorker, { params, body: {} })).rejects.toMatchObject({ status });
      await expect(client.call(operations.uncordonWorker, { params })).rejects.toMatchObject({ status });
    }
    const manager = await api.withGrants([{ resource: 'workers', actions: ['manage'] }]);
    await expect(manager.call(operations.uncordonWorker, { params: { id } })).resolves.toBeDefined();
  });

  it('are filtered by what is derived, not by what they last said', async () => {
    const names = async (query: object) =>
      (await api.admin.call(operations.listWorkers, { query })).items.map(({ name }) => name);
    expect(await names({})).toEqual(['alive', 'busy', 'cordoned', 'quiet']);
    expect(await names({ status: 'inactive' })).toEqual(['quiet']);
    expect(await names({ health_state: 'offline' })).toEqual(['quiet']);
    expect(await names({ cordoned: true })).toEqual(['cordoned']);
    expect(await names({ health_state: 'cordoned' })).toEqual(['cordoned']);
    expect(await names({ role: 'sensor' })).toEqual([]);
    expect(await names({ page_size: 1, page: 2 })).toEqual(['busy']);
  });

  it('are counted on every page, also on one beyond the last', async () => {
    const page = (query: object) => api.admin.call(operations.listWorkers, { query });
    const totals = { total_items: 4, total_pages: 2 };
    expect(await page({ page_size: 3, page: 2 })).toMatchObject({ items: [{ name: 'quiet' }], pagination: totals });
    expect(await page({ page_size: 3, page: 9 })).toMatchObject({ items: [], pagination: totals });
    expect((await page({ role: 'sensor' })).pagination).toMatchObject({ total_items: 0, total_pages: 0 });
  });

  it('are the same in the list as by themselves, however long they have been quiet', async () => {
    const id = ids[3] ?? 0;
    for (const status of ['active', 'busy', 'inactive', 'error'] as const) {
      for (const quiet of ['0 seconds', '85 seconds', '95 seconds', null]) {
        await execute(
          api.dataSource,
          sql`update worker as w set status = ${status}, last_heartbeat = now() - ${quiet}::interval where w.id = ${id}`,
        );
        const alone = await api.admin.call(operations.getWorker, { params: { id } });
        const query = { status: alone.status ?? undefined, health_state: alone.health_state };
        const { items } = await api.admin.call(operations.listWorkers, { query });
        expect(items.filter((item) => item.id === id)).toMatchObject([
          { status: alone.status, health_state: alone.health_state, heartbeat_stale: alone.heartbeat_stale },
        ]);
        const isStale = quiet === null || quiet === '95 seconds';
        expect(alone).toMatchObject({
          heartbeat_stale: isStale,
          status: isStale && status !== 'error' ? 'inactive' : status,
        });
      }
    }
  });
});
