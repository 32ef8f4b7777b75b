import { type ApiClient, operations, type TimeSeriesPoint } from '@attune/contract';
import { testKinds } from '@attune/testing';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe.each(testKinds())('analytics (%s)', (kind) => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi({ kind });
    await createDemo(api.admin);
    await createDemo(api.admin, 'other');
    const execute = (action_ref: string) => api.admin.call(operations.executeAction, { body: { action_ref } });
    const ids = [await execute('demo.greet'), await execute('demo.greet'), await execute('other.greet')].map(
      ({ id }) => id,
    );
    for (const [n, status] of ['running', 'completed', 'running', 'failed'].entries()) {
      await moveTo(ids[Math.floor(n / 2)], status);
    }
    const key = (await api.admin.call(operations.enableTriggerWebhook, { params: { ref: 'demo.called' } })).webhook_key;
    await api.app.inject({ method: 'POST', url: `/api/v1/webhooks/${String(key)}`, payload: '{"payload":{}}' });
    await api.dataSource.query(`insert into worker (name) values ('w1')`);
    await api.dataSource.query(`
      insert into enforcement (id, created, rule_ref, trigger_ref)
      select n.id, time_id_created(n.id), 'demo.on-call', 'demo.called' from (select time_id() as id offset 0) as n`);
  });
  afterAll(() => api.close());

  const moveTo = (id: number | undefined, status: string) =>
    api.dataSource.query(`update execution set status = $2 where id = $1 and created = time_id_created($1)`, [
      id,
      status,
    ]);
  const sum = (points: readonly TimeSeriesPoint[], label: string | null = null) =>
    points.filter((point) => point.label === label).reduce((total, { value }) => total + value, 0);
  const dashboard = (client: ApiClient) => client.call(operations.getDashboard, { query: { hours: 2 } });

  it('counts what happened a moment ago', async () => {
    const { admin } = api;
    const throughput = await admin.call(operations.getExecutionThroughput);
    expect(sum(throughput.data)).toBe(3);
    expect(Date.parse(throughput.until) - Date.parse(throughput.since)).toBe(24 * 3_600_000);
    const status = await admin.call(operations.getExecutionStatusSeries);
    expect(['requested', 'running', 'completed', 'failed'].map((label) => sum(status.data, label))).toEqual([
      3, 2, 1, 1,
    ]);
    expect(sum((await admin.call(operations.getEventVolume)).data)).toBe(1);
    expect(sum((await admin.call(operations.getEnforcementVolume)).data)).toBe(1);
    expect(sum((await admin.call(operations.getWorkerStatusSeries)).data, 'active')).toBe(1);
    expect(await admin.call(operations.getExecutionFailureRate)).toMatchObject({
      total_terminal: 2,
      completed_count: 1,
      failed_count: 1,
      timeout_count: 0,
      failure_rate_pct: 50,
    });
  });

  it('looks only where it was asked to', async () => {
    const query = { since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' };
    expect(await api.admin.call(operations.getExecutionThroughput, { query })).toMatchObject({
      since: '2026-01-01T00:00:00.000Z',
      until: '2026-01-02T00:00:00.000Z',
      data: [],
    });
    const backwards = { since: query.until, until: query.since };
    await expect(api.admin.call(operations.getEventVolume, { query: backwards })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('shows everything on the dashboard to those who may see everything', async () => {
    const series = await dashboard(api.admin);
    expect(sum(series.execution_throughput)).toBe(3);
    expect(sum(series.execution_status, 'failed')).toBe(1);
    expect(sum(series.event_volume)).toBe(1);
    expect(sum(series.enforcement_volume)).toBe(1);
    expect(sum(series.worker_status, 'active')).toBe(1);
    expect(series.failure_rate).toMatchObject({ since: series.since, until: series.until, total_terminal: 2 });
  });

  it('leaves series of the dashboard empty that the caller may not see, and refuses it without executions', async () => {
    const viewer = await api.withGrants([{ resource: 'executions', actions: ['read'] }]);
    const series = await dashboard(viewer);
    expect(sum(series.execution_throughput)).toBe(3);
    expect([series.event_volume, series.enforcement_volume, series.worker_status]).toEqual([[], [], []]);
    for (const operation of [
      operations.getEventVolume,
      operations.getEnforcementVolume,
      operations.getWorkerStatusSeries,
    ] as const) {
      await expect(viewer.call(operation)).rejects.toMatchObject({ status: 403 });
    }
    const other = await api.withGrants([{ resource: 'workers', actions: ['read'] }]);
    await expect(dashboard(other)).rejects.toMatchObject({ status: 403 });
  });

  it('counts for a constrained grant what it covers', async () => {
    const constraints = { pack_refs: ['demo'] };
    const ofDemo = await api.withGrants([
      { resource: 'executions', actions: ['read'], constraints },
      { resource: 'rules', actions: ['read'], constraints: { refs: ['other.on-call'] } },
      { resource: 'triggers', actions: ['read'], constraints },
    ]);
    const series = await dashboard(ofDemo);
    expect(sum(series.execution_throughput)).toBe(2);
    expect(sum(series.event_volume)).toBe(1);
    expect(series.enforcement_volume).toEqual([]);
    const own = await api.withGrants([
      { resource: 'executions', actions: ['read'], constraints: { execution_scope: 'self' } },
    ]);
    expect((await own.call(operations.getExecutionThroughput)).data).toEqual([]);
  });
});
