import { createDataSource, DatabaseListener, sql } from '@attune/common';
import { createTestDatabase, eventually, type TestDatabase, testTransports } from '@attune/testing';
import { type INestApplicationContext } from '@nestjs/common';
import { createExecutor } from './create-executor.js';
import { ExecutorFixture } from './fixture/executor-fixture.js';

describe.each(testTransports())('the executor as a service (%s)', (transport) => {
  let database: TestDatabase;
  let given: ExecutorFixture;

  beforeAll(async () => {
    database = await createTestDatabase();
    given = await ExecutorFixture.open(database.url, transport);
  });

  beforeEach(() => given.reset());

  afterAll(async () => {
    await given.close();
    await database.drop();
  });

  const boot = async (): Promise<INestApplicationContext> => {
    const dataSource = await createDataSource({ url: database.url }).initialize();
    const listener = new DatabaseListener(database.url, given.logger);
    await listener.start();
    const config = {
      ...given.config,
      database: { ...given.config.database, url: database.url },
      security: { jwtSecret: 'x'.repeat(32), encryptionKey: 'an encryption key of at least 32 characters' },
    } as typeof given.config;
    const platform = { service: 'executor', config, logger: given.logger, dataSource, listener };
    return createExecutor(platform);
  };

  it('leads events to workers, two of it at once, and stops without losing any', async () => {
    const worker = await given.worker('one', { slots: null });
    await given.rule('demo.one');
    const executors = [await boot(), await boot()];
    const first = await Promise.all(Array.from({ length: 30 }, () => given.event()));
    await eventually(async () => expect(await given.dispatches()).toHaveLength(30));
    const stopping = Promise.all(executors.map((executor) => executor.close()));
    const second = await Promise.all(Array.from({ length: 30 }, () => given.event()));
    await stopping;
    const last = await boot();
    await eventually(async () => expect(await given.dispatches()).toHaveLength(60));
    await last.close();

    expect(await given.messages()).toEqual([]);
    const perEvent = (await given.enforcements()).map(({ event }) => event);
    expect(perEvent.toSorted((a, b) => a - b)).toEqual([...first, ...second].sort((a, b) => a - b));
    const executions = await given.executions();
    expect(executions).toHaveLength(60);
    expect(executions.every((row) => row.status === 'scheduled' && row.worker === worker)).toBe(true);
  });

  it('passes the slots of a policy on, two of it at once, and tells how full it is', async () => {
    await given.worker('one', { slots: null });
    await given.run(
      sql`insert into policy (ref, name, action_ref, threshold) values ('demo.two', 'Two', 'demo.act', 2)`,
    );
    const ids: number[] = [];
    for (let index = 0; index < 7; index++) ids.push(await given.execution());
    const executors = [await boot(), await boot()];
    for (let ended = 0; ended < ids.length; ended += 1) {
      const active = ids.slice(ended, ended + 2);
      await eventually(async () => {
        expect((await given.dispatches()).map(({ execution }) => execution)).toEqual(active);
      });
      await given.run(sql`
        with gone as (delete from dispatch where execution = ${ids[ended]} returning execution)
        update execution as e set status = 'completed' from gone where e.id = gone.execution`);
    }
    await eventually(async () => expect(await given.messages()).toEqual([]));
    await Promise.all(executors.map((executor) => executor.close()));
    const stats = await given.run(sql`
      select q.queue_length as queued, q.active_count as active, q.max_concurrent as max, q.total_completed as completed
      from queue_stats as q where q.action_ref = 'demo.act'`);
    expect(stats).toEqual([{ queued: 0, active: 0, max: 2, completed: 7 }]);
  });

  it('takes up waiting executions when another one ends', async () => {
    await given.worker('one', { slots: 1 });
    const ids: number[] = [];
    for (let index = 0; index < 6; index++) ids.push(await given.execution());
    const executor = await boot();
    await eventually(async () => {
      expect(await given.dispatches()).toHaveLength(5);
      expect(await given.messages()).toHaveLength(1);
    });
    await given.run(sql`
      with gone as (delete from dispatch where execution = ${ids[0]} returning execution)
      update execution as e set status = 'completed' from gone where e.id = gone.execution`);
    // Long before the message would be due by itself.
    await eventually(async () => expect((await given.dispatches()).at(-1)?.execution).toBe(ids[5]), 4_000);
    await executor.close();
  });
});
