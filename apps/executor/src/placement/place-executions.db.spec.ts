import { QUEUE, run, sql } from '@attune/common';
import { REDACTED_SECRET } from '@attune/engine';
import { dieAtEachStatement } from '../fixture/die-at-each-statement.js';
import { engineSetups } from '../fixture/engine-setups.js';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { CapacityWatchService } from './capacity-watch.service.js';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;

describe.each(engineSetups())('requested executions go to workers ($kind, $transport)', ({ kind, transport }) => {
  let given: ExecutorFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create({ kind, transport });
  });

  beforeEach(() => given.reset());

  afterAll(() => given.close());

  const place = () => given.placeAll();
  const only = async () => {
    const [execution, ...others] = await given.executions();
    expect(others).toEqual([]);
    return execution!;
  };

  it('schedules one, hands it over and leaves no message', async () => {
    const worker = await given.worker('one');
    const execution = await given.execution();
    await place();
    expect(await only()).toMatchObject({ id: execution, status: 'scheduled', worker, result: null });
    expect(await given.dispatches()).toEqual([{ execution, worker }]);
    expect(await given.messages()).toEqual([]);
  });

  it('spreads a batch over the workers that fit', async () => {
    const [one, two] = [await given.worker('one'), await given.worker('two')];
    await given.worker('other', { runtimes: { ruby: [] } });
    await given.worker('closed', { cordoned: true });
    await given.worker('silent', { heartbeatAgeSeconds: 91 });
    for (let index = 0; index < 6; index++) await given.execution();
    await place();
    const perWorker = Map.groupBy(await given.dispatches(), ({ worker }) => worker);
    expect([...perWorker].map(([worker, list]) => [worker, list.length]).toSorted()).toEqual(
      [
        [one, 3],
        [two, 3],
      ].toSorted(),
    );
  });

  it.each([
    ['demo.gone', "Action 'demo.gone' does not exist"],
    ['demo.off', "Action 'demo.off' is disabled"],
    ['demo.flow', "Action 'demo.flow' is a workflow; this version cannot run workflows yet"],
    [
      'demo.strict',
      "Invalid parameters for action 'demo.strict': must have required property 'url', must be integer at /count",
    ],
  ])('fails what can never run: %s', async (action, error) => {
    await given.worker('one');
    await given.action('demo.off', { enabled: false });
    await given.action('demo.flow');
    await given.run(sql`
      with made as (
        insert into workflow_definition (ref, pack, pack_ref, label, version, definition)
        select 'demo.flow', p.id, p.ref, 'Flow', '1.0.0', '{}' from pack as p returning id
      )
      update action set workflow_def = made.id from made where ref = 'demo.flow'`);
    await given.action('demo.strict', {
      schema: { url: { type: 'string', required: true }, count: { type: 'integer' } },
    });
    await given.execution(action, { count: 'many' });
    await place();
    expect(await only()).toMatchObject({
      status: 'failed',
      worker: null,
      result: { error, succeeded: false, failed_by: 'execution_scheduler', failed_at: ISO },
    });
    expect(Object.keys((await only()).result ?? {})).toHaveLength(4);
    expect(await given.dispatches()).toEqual([]);
  });

  it('validates converted values, defaults and secrets, and stores none of them back', async () => {
    await given.worker('one');
    await given.action('demo.typed', {
      schema: {
        count: { type: 'integer', required: true, default: 3 },
        ratio: { type: 'number' },
        pin: { type: 'string', secret: true, pattern: '^\\d{4}$' },
      },
    });
    const config = { ratio: '1.5', pin: REDACTED_SECRET };
    const good = await given.execution('demo.typed', config);
    const bad = await given.execution('demo.typed', config);
    await given.dataSource.transaction((db) =>
      given.secrets.store(db, 'execution_config', [
        { entityId: good, secrets: [{ pointer: '/pin', value: '1234' }] },
        { entityId: bad, secrets: [{ pointer: '/pin', value: 'hunter2' }] },
      ]),
    );
    await place();
    const [first, second] = await given.executions();
    expect(first).toMatchObject({ id: good, status: 'scheduled', config });
    expect(second).toMatchObject({ id: bad, status: 'failed' });
    expect(second?.result?.['error']).toBe(
      `Invalid parameters for action 'demo.typed': must match pattern "^\\d{4}$" at /pin`,
    );
    expect(JSON.stringify(second)).not.toContain('hunter2');
  });

  it('waits for its worker and says why, then fails when its time is up', async () => {
    await given.worker('closed', { cordoned: true });
    const execution = await given.execution();
    await place();
    expect(await only()).toMatchObject({ status: 'requested', result: null });
    const [message, ...others] = await given.messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      topic: 'execution.requested',
      payload: { execution_id: execution },
      reason: 'every fitting worker is cordoned',
    });
    expect(message!.delayMs).toBeGreaterThan(0);
    expect(message!.delayMs).toBeLessThanOrEqual(5_000);

    await given.age(301, execution);
    await given.run(sql`update outbox_message set available_at = now()`);
    await place();
    expect((await only()).result).toEqual({
      error: 'Execution is unschedulable',
      message: 'No worker could take it within 300 seconds: every fitting worker is cordoned',
      action_ref: 'demo.act',
      failed_by: 'execution_scheduler',
      failed_at: ISO,
    });
    expect(await given.messages()).toEqual([]);
  });

  it('goes on as soon as the worker is back', async () => {
    const worker = await given.worker('closed', { cordoned: true });
    await given.execution();
    await place();
    await given.run(sql`update worker set cordoned = false`);
    await given.run(sql`update outbox_message set available_at = now()`);
    await place();
    expect(await only()).toMatchObject({ status: 'scheduled', worker });
  });

  it('waits while no worker has ever been there', async () => {
    await given.execution();
    await place();
    expect(await only()).toMatchObject({ status: 'requested' });
    expect(await given.messages()).toMatchObject([{ reason: 'no worker is alive' }]);
  });

  it('fails what no worker will ever be able to run, once workers had time to report a new runtime', async () => {
    await given.worker('one');
    await given.action('demo.ruby', { runtime: 'core.ruby', constraint: '>=3' });
    const execution = await given.execution('demo.ruby');
    await place();
    expect(await only()).toMatchObject({ status: 'requested' });
    await given.age(6, execution);
    await given.run(sql`update outbox_message set available_at = now()`);
    await place();
    expect(await only()).toMatchObject({
      status: 'failed',
      result: {
        error: 'Execution is unschedulable',
        message: "No worker can run it: it lacks runtime 'core.ruby' in version >=3",
        action_ref: 'demo.ruby',
      },
    });
  });

  it('lets the execution’s own placement win over its action’s', async () => {
    const [here, there] = [
      await given.worker('here', { labels: { zone: 'a' } }),
      await given.worker('there', { labels: { zone: 'b' } }),
    ];
    await given.action('demo.here', { selector: { zone: 'a' } });
    const [first, second] = [await given.execution('demo.here'), await given.execution('demo.here')];
    await given.run(sql`update execution set worker_selector = '{"zone": "b"}' where id = ${second}`);
    await place();
    expect(await given.dispatches()).toEqual([
      { execution: first, worker: here },
      { execution: second, worker: there },
    ]);
  });

  it('drops the message of an execution that somebody else has dealt with', async () => {
    await given.worker('one');
    const execution = await given.execution();
    await given.run(sql`update execution set status = 'cancelled' where id = ${execution}`);
    await place();
    expect(await only()).toMatchObject({ status: 'cancelled', worker: null });
    expect(await given.dispatches()).toEqual([]);
    expect(await given.messages()).toEqual([]);
  });

  it('marks an execution whose message is given up', async () => {
    const execution = await given.execution();
    await given.dataSource.transaction((db) =>
      given
        .placing()
        .giveUp(
          db,
          { id: 1, topic: 'execution.requested', payload: { execution_id: execution }, attempt: 9 },
          'never works',
        ),
    );
    expect(await only()).toMatchObject({
      status: 'failed',
      result: { error: 'The execution could not be scheduled: never works', failed_by: 'execution_scheduler' },
    });
  });

  describe('when workers are full', () => {
    const SLOTS = 2;
    const CAPACITY = SLOTS * 5;

    const end = (ids: readonly number[]) =>
      given.dataSource.transaction(async (db) => {
        await run(db, sql`update execution set status = 'completed' where id = any(${ids}::bigint[])`);
        await run(db, sql`delete from dispatch where execution = any(${ids}::bigint[])`);
      });

    const watch = () =>
      new CapacityWatchService(given.dataSource, { on: () => () => undefined } as never, given.config, given.logger);

    it('keeps the rest waiting and brings the oldest forward when there is room', async () => {
      await given.worker('one', { slots: SLOTS });
      const ids: number[] = [];
      for (let index = 0; index < CAPACITY + 5; index++) ids.push(await given.execution());
      await place();
      expect((await given.dispatches()).map(({ execution }) => execution)).toEqual(ids.slice(0, CAPACITY));
      expect(await given.messages()).toHaveLength(5);
      expect(await watch().bringForward()).toBe(0);

      await end(ids.slice(0, 3));
      await given.execution();
      expect(await watch().bringForward()).toBe(3);
      await place();
      const placed = (await given.dispatches()).map(({ execution }) => execution);
      expect(placed).toEqual(ids.slice(3, CAPACITY + 3));
      expect(await given.messages()).toHaveLength(3);
    });

    it('lets what comes later wait behind those who wait, though a worker has room meanwhile', async () => {
      await given.worker('one', { slots: SLOTS });
      const ids: number[] = [];
      for (let index = 0; index < CAPACITY + 1; index++) ids.push(await given.execution());
      await place();
      await end(ids.slice(0, 1));
      await given.execution();
      await place();
      expect((await given.dispatches()).map(({ execution }) => execution)).toEqual(ids.slice(1, CAPACITY));
      expect(await given.messages()).toHaveLength(2);

      expect(await watch().bringForward()).toBe(1);
      await place();
      expect((await given.dispatches()).map(({ execution }) => execution)).toEqual(ids.slice(1));
    });

    it('does not bring forward what waits for another worker', async () => {
      await given.action('demo.ruby', { runtime: 'ruby' });
      await given.worker('ruby', { slots: 0, runtimes: { ruby: [] } });
      await given.worker('shell', { slots: SLOTS });
      await given.execution('demo.ruby');
      await place();
      expect(await given.messages()).toMatchObject([{ reason: 'every fitting worker is full' }]);
      expect(await watch().bringForward()).toBe(0);
    });
  });

  it('gives each execution to one worker, with two executors at work at the same time', async () => {
    for (const name of ['one', 'two', 'three']) await given.worker(name, { slots: null });
    const ids = await Promise.all(Array.from({ length: 80 }, () => given.execution()));
    // Announced twice, as after a recovery: the second message must find the work done.
    await given.run(sql`
      insert into outbox_message (queue, topic, payload)
      select o.queue, o.topic, o.payload from outbox_message as o order by o.id desc`);
    const consumers = [given.placing(), given.placing()].map((service) =>
      given.consumer(QUEUE.executorExecutions, (db, messages) => service.handle(db, messages.slice(0, 200))),
    );
    while ((await given.messages()).length > 0) await Promise.all(consumers.map((consumer) => consumer.consumeOnce()));
    expect((await given.dispatches()).map(({ execution }) => execution)).toEqual(ids.toSorted((a, b) => a - b));
    const scheduled = await given.run<{ times: number }>(sql`
      select count(*)::int as times from execution_history as h
      where h.new_values ->> 'status' = 'scheduled' group by h.entity_id`);
    expect(scheduled).toEqual(ids.map(() => ({ times: 1 })));
  });

  it('places once, whichever statement the process dies at', async () => {
    await given.worker('one');
    await given.action('demo.off', { enabled: false });
    const ids = [await given.execution(), await given.execution('demo.off'), await given.execution()];
    const service = given.placing();
    const deaths = await dieAtEachStatement(
      given,
      QUEUE.executorExecutions,
      (db, messages) => service.handle(db, messages),
      async () => {
        expect((await given.executions()).map(({ status }) => status)).toEqual(['requested', 'requested', 'requested']);
        expect(await given.dispatches()).toEqual([]);
      },
    );
    expect(deaths).toBeGreaterThanOrEqual(5);
    expect((await given.executions()).map(({ status }) => status)).toEqual(['scheduled', 'failed', 'scheduled']);
    expect((await given.dispatches()).map(({ execution }) => execution)).toEqual([ids[0], ids[2]]);
  });
});
