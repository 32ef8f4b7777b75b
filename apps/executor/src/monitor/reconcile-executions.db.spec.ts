import { sql, takeDispatches } from '@attune/common';
import { TERMINAL_EXECUTION_STATUSES } from '@attune/engine';
import { testKinds } from '@attune/testing';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { ReconcileExecutionsService } from './reconcile-executions.service.js';
import { returnExecutions } from './sql/return-executions.sql.js';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
const NOTHING = { deadWorkers: [], abandoned: 0, returned: 0, failed: 0, cancelled: 0 };

describe.each(testKinds())('executions nobody will finish (%s)', (kind) => {
  let given: ExecutorFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create({ kind });
  });

  beforeEach(() => given.reset());

  afterAll(() => given.close());

  const reconcile = () => new ReconcileExecutionsService(given.dataSource, given.config, given.logger).reconcile();

  /** One on a worker, in the status given; its message is used up. */
  const placed = async (worker: number, status: 'scheduled' | 'running' | 'canceling'): Promise<number> => {
    const id = await given.execution();
    await given.run(sql`delete from outbox_message`);
    await given.run(sql`update execution set status = 'scheduled', worker = ${worker} where id = ${id}`);
    await given.run(sql`insert into dispatch (execution, worker, action_ref) values (${id}, ${worker}, 'demo.act')`);
    if (status === 'scheduled') return id;
    await given.run(sql`delete from dispatch where execution = ${id}`);
    await given.run(sql`update execution set status = 'running' where id = ${id}`);
    if (status === 'canceling') await given.run(sql`update execution set status = 'canceling' where id = ${id}`);
    return id;
  };

  const execution = async (id: number) => (await given.executions()).find((row) => row.id === id)!;

  it('leaves everything alone that has a living owner', async () => {
    const worker = await given.worker('alive');
    for (const status of ['scheduled', 'running', 'canceling'] as const) await placed(worker, status);
    const waiting = await given.execution();
    await given.age(1_000, waiting);
    expect(await reconcile()).toEqual(NOTHING);
  });

  it('fails what its worker did not pick up in time', async () => {
    const worker = await given.worker('alive');
    const id = await placed(worker, 'scheduled');
    await given.age(320, id);
    expect(await reconcile()).toEqual({ ...NOTHING, failed: 1 });
    expect(Object.keys((await execution(id)).result ?? {})).toHaveLength(5);
    expect(await execution(id)).toMatchObject({
      status: 'failed',
      result: {
        error: 'Execution timeout: worker did not pick up task within 300 seconds (scheduled for 320 seconds)',
        failed_by: 'execution_timeout_monitor',
        timeout_seconds: 300,
        age_seconds: 320,
        original_status: 'scheduled',
      },
    });
    expect(await given.dispatches()).toEqual([]);
    expect(await reconcile()).toEqual(NOTHING);
  });

  it('gives what a living worker does not begin to another one, until its whole time is up', async () => {
    const worker = await given.worker('alive');
    const id = await placed(worker, 'scheduled');
    await given.age(119, id);
    expect(await reconcile()).toEqual(NOTHING);
    await given.age(121, id);
    expect(await reconcile()).toEqual({ ...NOTHING, returned: 1 });
    expect(await execution(id)).toMatchObject({ status: 'requested', worker: null, retry_reason: 'queue_timeout' });
    expect(await given.dispatches()).toEqual([]);
    expect(await given.messages()).toMatchObject([{ topic: 'execution.requested', payload: { execution_id: id } }]);

    await given.placeAll();
    expect(await given.dispatches()).toEqual([{ execution: id, worker }]);
    await given.age(130, id);
    await given.run(sql`
      insert into execution_history (time, operation, entity_id, entity_ref, changed_fields, new_values)
      values (now() - interval '310 seconds', 'UPDATE', ${id}, 'demo.act', '{status}', '{"status": "scheduled"}')`);
    expect(await reconcile()).toEqual({ ...NOTHING, failed: 1 });
    const { status, result } = await execution(id);
    expect(status).toBe('failed');
    expect(result).toMatchObject({ timeout_seconds: 300 });
    expect(result?.['age_seconds']).toBeGreaterThanOrEqual(310);
  });

  it('leaves an execution to the worker that has it in hand, and takes back one that lies nowhere', async () => {
    const worker = await given.worker('alive');
    const [inHand, lost] = [await placed(worker, 'scheduled'), await placed(worker, 'scheduled')];
    await given.run(sql`delete from dispatch where execution = ${lost}`);
    await given.age(130, inHand, lost);
    await given.dataSource.transaction(async (db) => {
      expect(await takeDispatches(db, worker, { limit: 10 })).toEqual([inHand]);
      expect(await reconcile()).toEqual({ ...NOTHING, returned: 1 });
    });
    expect([(await execution(inHand)).status, (await execution(lost)).status]).toEqual(['scheduled', 'requested']);
  });

  it('counts a silent worker as dead, abandons what it ran and returns what it had not started', async () => {
    const worker = await given.worker('silent', { heartbeatAgeSeconds: 120 });
    const [ran, waited, leaving] = [
      await placed(worker, 'running'),
      await placed(worker, 'scheduled'),
      await placed(worker, 'canceling'),
    ];
    expect(await reconcile()).toEqual({ deadWorkers: [worker], abandoned: 1, returned: 1, failed: 0, cancelled: 1 });
    expect(await execution(ran)).toMatchObject({
      status: 'abandoned',
      result: {
        error: 'Execution abandoned because its worker became unavailable while running',
        abandoned_by: 'execution_timeout_monitor',
        original_status: 'running',
        worker: {
          id: worker,
          name: 'silent',
          role: 'action',
          status: 'inactive',
          last_heartbeat: ISO,
          heartbeat_age_seconds: expect.any(Number) as number,
          cordoned: false,
        },
        reconciled_at: ISO,
      },
    });
    const keys = ['abandoned_by', 'error', 'original_status', 'reconciled_at', 'worker'];
    expect(Object.keys((await execution(ran)).result ?? {}).sort()).toEqual(keys);
    expect(await execution(waited)).toMatchObject({
      status: 'requested',
      worker: null,
      retry_reason: 'worker_unavailable',
      result: null,
    });
    expect(await execution(leaving)).toMatchObject({
      status: 'cancelled',
      result: { cancelled: true, succeeded: false },
    });
    expect(await given.dispatches()).toEqual([]);
    expect(await given.messages()).toMatchObject([{ topic: 'execution.requested', payload: { execution_id: waited } }]);
  });

  it('abandons what a removed worker ran', async () => {
    const worker = await given.worker('removed');
    const id = await placed(worker, 'running');
    await given.run(sql`delete from worker where id = ${worker}`);
    expect(await reconcile()).toEqual({ ...NOTHING, abandoned: 1 });
    expect((await execution(id)).result?.['worker']).toMatchObject({ id: worker, name: null, last_heartbeat: null });
  });

  it('lets a worker that says goodbye end what it runs, and takes back what it has not begun', async () => {
    const worker = await given.worker('leaving', { status: 'inactive' });
    const [ran, waited] = [await placed(worker, 'running'), await placed(worker, 'scheduled')];
    expect(await reconcile()).toEqual({ ...NOTHING, returned: 1 });
    expect((await execution(ran)).status).toBe('running');
    expect((await execution(waited)).status).toBe('requested');
    await given.run(sql`update worker set last_heartbeat = now() - interval '91 seconds'`);
    expect(await reconcile()).toEqual({ ...NOTHING, abandoned: 1 });
  });

  it('returns an execution three times, then fails it', async () => {
    // That a living worker did not begin it is no death.
    const id = await placed(await given.worker('slow'), 'scheduled');
    await given.age(121, id);
    expect(await reconcile()).toMatchObject({ returned: 1 });
    await given.run(sql`delete from outbox_message`);
    for (let time = 1; time <= 4; time++) {
      const worker = await given.worker(`dying-${time}`, { heartbeatAgeSeconds: 120 });
      await given.run(sql`update execution set status = 'scheduled', worker = ${worker} where id = ${id}`);
      expect(await reconcile()).toMatchObject(time <= 3 ? { returned: 1, failed: 0 } : { returned: 0, failed: 1 });
    }
    expect(await execution(id)).toMatchObject({
      status: 'failed',
      result: {
        error: 'Execution is unschedulable',
        message: 'Its worker became unavailable before starting it, 4 times',
        action_ref: 'demo.act',
        failed_by: 'execution_timeout_monitor',
        failed_at: ISO,
      },
    });
  });

  it('ends a cancellation that is not answered', async () => {
    const worker = await given.worker('alive');
    const id = await placed(worker, 'canceling');
    await given.age(61, id);
    expect(await reconcile()).toEqual({ ...NOTHING, cancelled: 1 });
    expect(await execution(id)).toMatchObject({
      status: 'cancelled',
      result: { error: 'Execution cancelled by user', message: 'Its worker did not answer within 60 seconds' },
    });
  });

  it('raises alerts about dead workers and what they ran, but not about cordoned ones', async () => {
    await given.trigger('core.alert');
    const worker = await given.worker('silent', { heartbeatAgeSeconds: 120 });
    const cordoned = await given.worker('closed', { heartbeatAgeSeconds: 120, cordoned: true });
    const ids = [await placed(worker, 'running'), await placed(worker, 'running'), await placed(cordoned, 'running')];
    expect(await reconcile()).toMatchObject({ abandoned: 3 });
    const alerts = await given.run<{ payload: Record<string, unknown> }>(
      sql`select e.payload from event as e where e.trigger_ref = 'core.alert' order by e.created, e.id`,
    );
    expect(alerts.map(({ payload }) => payload)).toMatchObject([
      {
        severity: 'error',
        category: 'worker_health',
        failure_type: 'worker_stale_heartbeat',
        component_type: 'worker',
        component_id: worker,
        correlation_id: `worker:${worker}:worker_stale_heartbeat`,
      },
      { failure_type: 'execution_abandoned', component_id: worker, details: { executions: ids.slice(0, 2) } },
    ]);
    expect((await given.messages()).filter(({ topic }) => topic === 'event.created')).toHaveLength(2);
  });

  it('ends nothing twice', async () => {
    const dead = await given.worker('dead', { heartbeatAgeSeconds: 1_000 });
    for (const status of TERMINAL_EXECUTION_STATUSES) {
      const id = await placed(dead, 'running');
      await given.run(sql`update execution set status = ${status}::execution_status where id = ${id}`);
      await given.age(1_000, id);
    }
    const before = await given.executions();
    expect(await reconcile()).toEqual({ ...NOTHING, deadWorkers: [dead] });
    const service = given.placing();
    await given.dataSource.transaction(async (db) => {
      const messages = before.map(({ id }) => {
        return { id, topic: 'execution.requested', payload: { execution_id: id }, attempt: 1 } as const;
      });
      await service.handle(db, messages);
      for (const message of messages) await service.giveUp(db, message, 'never');
      const ids = before.map(({ id }) => id);
      expect(await returnExecutions(db, ids, 'unknown')).toEqual([]);
    });
    expect(await given.executions()).toEqual(before);
    expect(await given.messages()).toEqual([]);
  });

  it('never waits for what somebody else is changing, and decides nothing about it', async () => {
    const worker = await given.worker('silent', { heartbeatAgeSeconds: 120 });
    const overdue = await placed(await given.worker('alive'), 'scheduled');
    await given.age(320, overdue);
    const ids = [await placed(worker, 'scheduled'), await placed(worker, 'running'), overdue];
    await given.dataSource.transaction(async (db) => {
      await db.query('select from execution as e where e.id = any($1) for update', [ids]);
      expect(await reconcile()).toEqual({ ...NOTHING, deadWorkers: [worker] });
    });
    expect(await reconcile()).toEqual({ ...NOTHING, returned: 1, abandoned: 1, failed: 1 });
  });

  it('may be done by several executors at once', async () => {
    const worker = await given.worker('silent', { heartbeatAgeSeconds: 120 });
    for (let index = 0; index < 10; index++) await placed(worker, index % 2 === 0 ? 'running' : 'scheduled');
    const outcomes = await Promise.all([reconcile(), reconcile(), reconcile()]);
    const sum = (key: 'abandoned' | 'returned') => outcomes.reduce((total, outcome) => total + outcome[key], 0);
    expect([sum('abandoned'), sum('returned')]).toEqual([5, 5]);
    expect(await given.messages()).toHaveLength(5);
  });
});
