import { run, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { ADMIN, startTestApi, type TestApi } from '../../spec/test-api.js';

describe('changes in the audit log', () => {
  let api: TestApi;
  let mark: number;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    const [row] = await run<{ id: number }>(api.dataSource, sql`select time_id() as id`);
    mark = row?.id ?? 0;
  });

  interface Told {
    readonly event_type: string;
    readonly actor_login: string | null;
    readonly request_id: string | null;
    readonly resource_type: string;
    readonly resource_id: number | null;
    readonly resource_ref: string | null;
    readonly details: unknown;
  }

  /** What was told since the test began, besides the requests themselves. */
  const told = () =>
    run<Told>(
      api.dataSource,
      sql`
      select e.event_type, e.actor_login, e.request_id, e.resource_type, e.resource_id, e.resource_ref, e.details
      from audit_event as e
      where e.created >= time_id_created(${mark}) and e.id > ${mark} and e.category not in ('api', 'rbac')
      order by e.created, e.id`,
    );
  const toldBriefly = async () => (await told()).map((row) => [row.event_type, row.resource_ref, row.details]);

  it('names the definitions that somebody made', async () => {
    await createDemo(api.admin, 'other');
    const events = await told();
    expect(events.map(({ event_type, resource_ref }) => [event_type, resource_ref])).toEqual([
      ['pack.created', 'other'],
      ['definition.trigger.changed', 'other.called'],
      ['definition.action.changed', 'other.greet'],
      ['definition.rule.changed', 'other.on-call'],
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ actor_login: ADMIN.login, request_id: expect.any(String) as string });
      expect(event.resource_id).toBeGreaterThan(0);
    }
  });

  it('names the fields that got other values, and no values', async () => {
    await api.admin.call(operations.updatePack, {
      params: { ref: 'demo' },
      body: { label: 'Other', version: '1.0.0', config: { token: 'hush' } },
    });
    await api.admin.call(operations.updateTrigger, { params: { ref: 'demo.called' }, body: { label: 'Other' } });
    await api.admin.call(operations.updateAction, {
      params: { ref: 'demo.greet' },
      body: { label: 'Other', entrypoint: 'true', runtime_ref: 'core.shell' },
    });
    await api.admin.call(operations.updateRule, {
      params: { ref: 'demo.on-call' },
      body: { label: 'Other', action_params: { name: 'x' } },
    });
    const updated = (...fields: string[]) => ({ change: 'updated', fields });
    expect(await toldBriefly()).toEqual([
      ['pack.updated', 'demo', { fields: ['config', 'label'] }],
      ['definition.trigger.changed', 'demo.called', updated('label')],
      ['definition.action.changed', 'demo.greet', updated('entrypoint', 'label')],
      ['definition.rule.changed', 'demo.on-call', updated('action_params', 'label')],
    ]);
  });

  it('says nothing of an update that changed nothing, nor of one that failed', async () => {
    const params = { ref: 'demo.on-call' };
    const { label } = await api.admin.call(operations.getRule, { params });
    await api.admin.call(operations.updateRule, { params, body: { label } });
    await api.admin.call(operations.enableRule, { params });
    const refused = api.admin.call(operations.updateRule, { params, body: { label: 'x', action_ref: 'demo.none' } });
    await expect(refused).rejects.toMatchObject({ status: 404 });
    expect(await told()).toEqual([]);
  });

  it('tells what was switched on and off, and of new keys of webhooks', async () => {
    await api.admin.call(operations.disableRule, { params: { ref: 'demo.on-call' } });
    await api.admin.call(operations.disableTrigger, { params: { ref: 'demo.called' } });
    await api.admin.call(operations.enableTriggerWebhook, { params: { ref: 'demo.called' } });
    await api.admin.call(operations.regenerateTriggerWebhook, { params: { ref: 'demo.called' } });
    const updated = (...fields: string[]) => ({ change: 'updated', fields });
    expect(await toldBriefly()).toEqual([
      ['definition.rule.changed', 'demo.on-call', updated('enabled')],
      ['definition.trigger.changed', 'demo.called', updated('enabled')],
      ['definition.trigger.changed', 'demo.called', updated('webhook_enabled', 'webhook_key')],
      ['security.webhook_secret.changed', 'demo.called', { field: 'webhook_key' }],
      ['definition.trigger.changed', 'demo.called', updated('webhook_key')],
      ['security.webhook_secret.changed', 'demo.called', { field: 'webhook_key' }],
    ]);
    const [row] = await run<{ hits: number }>(
      api.dataSource,
      sql`
      select count(*) as hits from audit_event as e
      where e.created >= time_id_created(${mark}) and e::text ~ 'wh_[0-9a-f]{8}'`,
    );
    expect(row?.hits).toBe(0);
  });

  it('tells who asked for an execution and for its end, once, whatever else is told of executions', async () => {
    const execution = await api.admin.call(operations.executeAction, {
      body: { action_ref: 'demo.greet', parameters: { name: 'x', token: 'hush' } },
    });
    const params = { id: execution.id };
    await api.admin.call(operations.cancelExecution, { params });
    const again = api.admin.call(operations.cancelExecution, { params });
    await expect(again).rejects.toMatchObject({ status: 409 });
    const events = await told();
    expect(events.map(({ event_type, actor_login, resource_id }) => [event_type, actor_login, resource_id])).toEqual([
      ['execution.requested', ADMIN.login, execution.id],
      ['execution.cancelled', ADMIN.login, execution.id],
    ]);
    expect(events[1]?.details).toMatchObject({ old_status: 'requested', new_status: 'cancelled', operation: 'UPDATE' });
    expect(JSON.stringify(events)).not.toContain('hush');
  });

  it('tells who asked a running execution to stop, once', async () => {
    const { id } = await api.admin.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });
    await run(
      api.dataSource,
      sql`update execution as e set status = 'running' where e.id = ${id} and e.created = time_id_created(${id})`,
    );
    await api.admin.call(operations.cancelExecution, { params: { id } });
    await api.admin.call(operations.cancelExecution, { params: { id } });
    expect((await told()).map(({ event_type }) => event_type)).toEqual(['execution.requested', 'execution.canceling']);
  });

  it('tells who keeps work from a worker', async () => {
    const [worker] = await run<{ id: number }>(
      api.dataSource,
      sql`insert into worker (name, worker_type) values ('spec', 'local') returning id`,
    );
    const params = { id: worker?.id ?? 0 };
    await api.admin.call(operations.cordonWorker, { params, body: { reason: 'repair' } });
    await api.admin.call(operations.uncordonWorker, { params });
    expect(await toldBriefly()).toEqual([
      ['admin.worker.changed', 'spec', { cordoned: true }],
      ['admin.worker.changed', 'spec', { cordoned: false }],
    ]);
  });

  it('names what somebody took away', async () => {
    await api.admin.call(operations.deleteRule, { params: { ref: 'demo.on-call' } });
    await api.admin.call(operations.deleteAction, { params: { ref: 'demo.greet' } });
    await api.admin.call(operations.deleteTrigger, { params: { ref: 'demo.called' } });
    await api.admin.call(operations.deletePack, { params: { ref: 'demo' } });
    expect(await toldBriefly()).toEqual([
      ['definition.rule.changed', 'demo.on-call', { change: 'deleted' }],
      ['definition.action.changed', 'demo.greet', { change: 'deleted' }],
      ['definition.trigger.changed', 'demo.called', { change: 'deleted' }],
      ['pack.deleted', 'demo', {}],
    ]);
  });
});
