import {
  CHANNEL,
  ExecutionSecretValueEntity,
  insertEnforcements,
  insertExecutions,
  moveExecutions,
  run,
  SecretBox,
  sql,
  type NewExecution,
} from '@attune/common';
import { type ApiClient, operations } from '@attune/contract';
import { LIVE_EXECUTION_STATUSES, TERMINAL_EXECUTION_STATUSES } from '@attune/engine';
import { eventually } from '@attune/testing';
import { createIdentity } from '../../spec/identities.js';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { executionToken } from '../../spec/tokens.js';

describe('executions', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  const execute = (body: object = {}, client: ApiClient = api.admin) =>
    client.call(operations.executeAction, { body: { action_ref: 'demo.greet', ...body } });
  const cancel = (id: number) => api.admin.call(operations.cancelExecution, { params: { id } });

  it('are requested with the message that has them scheduled', async () => {
    const me = await api.admin.call(operations.getCurrentUser);
    const execution = await execute({ parameters: { name: 'Ada' }, env_vars: { LEVEL: 'high' } });
    expect(execution).toMatchObject({
      action_ref: 'demo.greet',
      status: 'requested',
      config: { name: 'Ada' },
      executor: me.id,
      parent: null,
      worker: null,
      result: null,
      artifact_retention_policy: 'versions',
      artifact_retention_limit: 5,
    });
    for (const key of ['env_vars', 'permission_set_refs', 'worker_selector', 'started_at', 'workflow_task']) {
      expect(execution).not.toHaveProperty(key);
    }
    const messages = await run(
      api.dataSource,
      sql`select m.queue, m.topic from outbox_message as m where m.payload = jsonb_build_object('execution_id', ${execution.id}::bigint)`,
    );
    expect(messages).toEqual([{ queue: 'executor.executions', topic: 'execution.requested' }]);
    expect(await api.admin.call(operations.getExecution, { params: { id: execution.id } })).toEqual(execution);
  });

  it('store nothing for empty parameters, and keep where they may run', async () => {
    expect(await execute({ parameters: {} })).toMatchObject({ config: null });
    const placed = await execute({
      worker_selector: {},
      worker_tolerations: [{ key: 'gpu' }],
      worker_affinity: { required: [] },
    });
    expect(placed).toMatchObject({
      worker_selector: {},
      worker_tolerations: [{ key: 'gpu' }],
      worker_affinity: { required: [] },
    });
  });

  it('hide secret parameters everywhere but in an encrypted row', async () => {
    const execution = await execute({ parameters: { name: 'Ada', token: 'hunter2' } });
    expect(execution.config).toEqual({ name: 'Ada', token: { $attune_secret: true, redacted: true } });
    const [secret] = await api.dataSource.getRepository(ExecutionSecretValueEntity).findBy({ entity_id: execution.id });
    const box = new SecretBox(api.platform.config.security.encryptionKey);
    expect(secret).toMatchObject({
      entity_type: 'execution_config',
      json_path: '/token',
      encryption_key_hash: box.keyHash,
    });
    expect(box.open(secret!.encrypted_value)).toBe('hunter2');
    const [{ text } = { text: '' }] = await run<{ text: string }>(
      api.dataSource,
      sql`select (select string_agg(e::text, '') from execution as e where e.created > now() - interval '1 day')
        || (select string_agg(m::text, '') from outbox_message as m) || (select string_agg(h::text, '') from execution_history as h) as text`,
    );
    expect(text).toContain('Ada');
    expect(text).not.toContain('hunter2');
  });

  it('show secret values only to who may decrypt them, and tell the audit log first', async () => {
    const token = { deep: ['hunter2', 9007199254740991] };
    const { id, config } = await execute({ parameters: { name: 'Ada', token } });
    const ask = (client: ApiClient) =>
      client.call(operations.getExecution, { params: { id }, query: { include_secret_values: true } });
    await expect(ask(api.admin)).rejects.toMatchObject({ status: 403 });
    const elsewhere = await api.withGrants([
      { resource: 'executions', actions: ['read'] },
      { resource: 'executions', actions: ['decrypt'], constraints: { pack_refs: ['core'] } },
    ]);
    await expect(ask(elsewhere)).rejects.toMatchObject({ status: 403 });
    const decrypter = await createIdentity(api.platform, [{ resource: 'executions', actions: ['read', 'decrypt'] }]);
    const client = api.withToken(decrypter.token);
    expect((await ask(client)).config).toEqual({ name: 'Ada', token });
    expect((await client.call(operations.getExecution, { params: { id } })).config).toEqual(config);
    const told = await run(
      api.dataSource,
      sql`
      select a.actor_identity as actor, a.resource_ref as ref, a.details
      from audit_event as a
      where a.event_type = 'secret.execution_values.decrypted' and a.resource_id = ${id} and a.created > now() - interval '1 hour'`,
    );
    expect(told).toEqual([{ actor: decrypter.id, ref: 'demo.greet', details: { pointers: ['/token'] } }]);
  });

  it.each([
    ['an unknown action', { action_ref: 'no.action' }, 404],
    ['parameters that are no object', { parameters: [1] }, 422],
    ['variables that are no texts', { env_vars: { A: 1 } }, 400],
    ['a variable without a proper name', { env_vars: { 'A=B': '1' } }, 400],
    ['a selector of the wrong shape', { worker_selector: ['a'] }, 400],
    ['tolerations of the wrong shape', { worker_tolerations: [{ operator: 'exists' }] }, 400],
    ['an affinity of the wrong shape', { worker_affinity: { required: 'all' } }, 400],
    ['a preference that weighs too much', { worker_affinity: { preferred: [{ weight: 101, preference: {} }] } }, 400],
    ['a preference that weighs nothing', { worker_affinity: { preferred: [{ weight: 0, preference: {} }] } }, 400],
    ['rights nobody has', { permission_set_refs: ['no.set'] }, 403],
  ])('are refused for %s', async (_case, wrong, status) => {
    await expect(execute(wrong)).rejects.toMatchObject({ status });
  });

  it('need the right to run the action, and hand on no more than the caller has', async () => {
    const runner = await api.withGrants([
      { resource: 'actions', actions: ['execute'], constraints: { refs: ['demo.greet'] } },
    ]);
    await expect(execute({}, runner)).resolves.toBeDefined();
    await expect(execute({ action_ref: 'core.echo' }, runner)).rejects.toMatchObject({ status: 403 });
    await expect(execute({ permission_set_refs: ['core.viewer'] }, runner)).rejects.toMatchObject({ status: 403 });
    expect(await execute({ permission_set_refs: ['standard'] }, runner)).toMatchObject({
      permission_set_refs: ['standard'],
    });
    expect(await execute({ permission_set_refs: ['core.viewer'] })).toMatchObject({
      permission_set_refs: ['core.viewer'],
    });
  });

  it('of executions have a parent and run as the same identity', async () => {
    const parent = await execute();
    const client = api.withToken(await executionToken(api.platform, parent.id, ['core.executor']));
    expect(await execute({}, client)).toMatchObject({ parent: parent.id, executor: parent.executor });
  });

  it('give their token no rights any more once they have ended', async () => {
    for (const status of TERMINAL_EXECUTION_STATUSES) {
      const { id } = await execute();
      const client = api.withToken(await executionToken(api.platform, id, ['core.viewer']));
      const ask = () => client.call(operations.getExecution, { params: { id } });
      for (const live of ['scheduling', 'scheduled', 'running', 'canceling'] as const) {
        await moveExecutions(api.dataSource, [{ id, status: live }], { from: LIVE_EXECUTION_STATUSES });
        await expect(ask()).resolves.toMatchObject({ status: live });
      }
      await moveExecutions(api.dataSource, [{ id, status }], { from: LIVE_EXECUTION_STATUSES });
      await expect(ask()).rejects.toMatchObject({ status: 401 });
    }
    const gone = api.withToken(await executionToken(api.platform, 4096, ['core.viewer']));
    await expect(gone.call(operations.listExecutions)).rejects.toMatchObject({ status: 401 });
  });

  it('are listed by filters, newest first, and counted', async () => {
    const enforcement = await insertOne({ rule_ref: 'demo.on-call', result: { text: 'Found it' } });
    const list = (query: object) => api.admin.call(operations.listExecutions, { query });
    const idsOf = async (query: object) => (await list(query)).items.map(({ id }) => id);
    expect(await idsOf({ rule_ref: 'demo.on-*' })).toEqual([enforcement.execution]);
    expect(await idsOf({ result_contains: 'found IT' })).toEqual([enforcement.execution]);
    expect(await idsOf({ enforcement: enforcement.id })).toEqual([enforcement.execution]);
    expect(await idsOf({ pack_name: 'dem' })).toEqual([]);
    const all = await idsOf({ pack_name: 'demo', per_page: 100 });
    expect(all).toEqual(all.toSorted((a, b) => b - a));
    expect(await idsOf({ top_level_only: true, per_page: 100 })).toHaveLength(all.length - 1);

    const of = { params: { enforcement_id: enforcement.id } };
    const ofEnforcement = await api.admin.call(operations.listEnforcementExecutions, of);
    expect(ofEnforcement.items).toMatchObject([{ id: enforcement.execution }]);
    expect(ofEnforcement.pagination).toMatchObject({ total_items: 1, total_pages: 1 });
    const byStatus = { params: { status: 'Requested' as 'requested' }, query: { page_size: 1 } };
    const requested = await api.admin.call(operations.listExecutionsByStatus, byStatus);
    const stats = await api.admin.call(operations.getExecutionStats);
    expect(requested.pagination.total_items).toBe(stats.pending);
    expect(stats.total).toBe(all.length);
  });

  describe('are cancelled', () => {
    it('before they start, once', async () => {
      const { id } = await execute();
      const both = await Promise.all(
        [cancel(id), cancel(id)].map((attempt) => attempt.catch((error: unknown) => error)),
      );
      expect(both).toContainEqual(
        expect.objectContaining({
          status: 'cancelled',
          result: { error: 'Cancelled by user before execution started' },
        }),
      );
      await expect(cancel(id)).rejects.toMatchObject({ status: 409 });
    });

    it('after they were given to a worker, which then finds nothing to start', async () => {
      const { id } = await execute();
      const [worker] = await run<{ id: number }>(
        api.dataSource,
        sql`insert into worker (name) values ('w') returning id`,
      );
      await moveExecutions(api.dataSource, [{ id, status: 'scheduled', worker: worker!.id }], { from: ['requested'] });
      await run(
        api.dataSource,
        sql`insert into dispatch (execution, worker, action_ref) values (${id}, ${worker!.id}, 'demo.greet')`,
      );
      expect(await cancel(id)).toMatchObject({ status: 'cancelled' });
      expect(await run(api.dataSource, sql`select d.execution from dispatch as d`)).toEqual([]);
    });

    it('while they wait for a policy or hold its slot, which they give up', async () => {
      const executions = [await execute(), await execute()];
      await run(
        api.dataSource,
        sql`
        with limited as (
          insert into policy (ref, name, action_ref, threshold) values ('demo.limit', 'Limit', 'demo.greet', 1) returning id
        ), made as (
          insert into execution_admission_state (policy, group_key, max_concurrent)
          select l.id, '{}', 1 from limited as l
          returning id
        )
        insert into execution_admission_entry (state, execution, action_ref, status, queue_order, activated_at)
        select m.id, e.id, 'demo.greet', e.status::admission_status, e.position, case e.status when 'active' then now() end
        from made as m
        cross join unnest(${executions.map(({ id }) => id)}::bigint[], array['active', 'queued']) with ordinality
          as e (id, status, position)`,
      );
      for (const { id } of executions) await cancel(id);
      expect(await run(api.dataSource, sql`select a.id from execution_admission_entry as a`)).toEqual([]);
      const told = await run(
        api.dataSource,
        sql`
        select m.payload -> 'completed' as freed
        from outbox_message as m
        where m.topic = 'admission.released' and m.payload ? 'completed'
        order by m.id`,
      );
      expect(told).toEqual([{ freed: 1 }, { freed: 0 }]);
      await run(api.dataSource, sql`delete from policy`);
    });

    it('while they run, by asking their worker', async () => {
      const { id } = await execute();
      await moveExecutions(api.dataSource, [{ id, status: 'running' }], { from: ['requested'] });
      expect(await cancel(id)).toMatchObject({ status: 'canceling', result: null });
      expect(await cancel(id)).toMatchObject({ status: 'canceling' });
      await moveExecutions(api.dataSource, [{ id, status: 'completed' }], { from: ['canceling'] });
      await expect(cancel(id)).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
    });

    it('while they run, and their worker hears of it at once', async () => {
      const heard: string[] = [];
      const stop = api.platform.listener.on(CHANNEL.cancel, (worker) => heard.push(worker));
      await api.platform.listener.start();
      const { id } = await execute();
      await moveExecutions(api.dataSource, [{ id, status: 'scheduled', worker: 4711 }], { from: ['requested'] });
      await moveExecutions(api.dataSource, [{ id, status: 'running' }], { from: ['scheduled'] });
      await cancel(id);
      await eventually(() => expect(heard).toContain('4711'));
      stop();
    });

    it.each(TERMINAL_EXECUTION_STATUSES)('not once they are %s', async (status) => {
      const { id } = await execute();
      await moveExecutions(api.dataSource, [{ id, status, result: { kept: true } }], { from: ['requested'] });
      await expect(cancel(id)).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
      const after = await api.admin.call(operations.getExecution, { params: { id } });
      expect(after).toMatchObject({ status, result: { kept: true } });
    });

    it('not when they never were', async () => {
      await expect(cancel(4096)).rejects.toMatchObject({ status: 404 });
    });

    it('or finish, but never both', async () => {
      for (let round = 0; round < 10; round += 1) {
        const { id } = await execute();
        await moveExecutions(api.dataSource, [{ id, status: 'scheduled' }], { from: ['requested'] });
        const [started, cancelled] = await Promise.all([
          moveExecutions(api.dataSource, [{ id, status: 'running' }], { from: ['scheduled'] }),
          cancel(id),
        ]);
        expect(cancelled.status).toBe(started.length > 0 ? 'canceling' : 'cancelled');
      }
    });
  });

  async function insertOne(more: Partial<NewExecution>) {
    const [id = 0] = await insertEnforcements(api.dataSource, [
      { rule: null, rule_ref: 'demo.on-call', trigger_ref: 'demo.called', event: null },
    ]);
    const execution = { action: null, action_ref: 'demo.greet', executor: 1, enforcement: id, ...more };
    const [executionId = 0] = await insertExecutions(api.dataSource, [execution]);
    return { id, execution: executionId };
  }
});
