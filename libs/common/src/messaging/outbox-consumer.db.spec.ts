import { MESSAGE_RETRY } from '@attune/engine';
import { createTestDatabase, eventually, type TestDatabase } from '@attune/testing';
import { pino } from 'pino';
import { type DataSource, type EntityManager } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { execute, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { DatabaseListener } from './database-listener.js';
import { type ConsumerOptions } from './message-consumer.js';
import { OutboxConsumer } from './outbox-consumer.js';
import { publish } from './publish.js';
import { type Message } from './sql/take-messages.sql.js';
import { QUEUE } from './topics.js';

const silent = pino({ level: 'silent' });
const deaf = { on: () => () => true };

describe('outbox', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true });
    dataSource = await createDataSource({ url: database.url }).initialize();
    await dataSource.query('create table effect (event_id bigint not null)');
  });

  beforeEach(() => dataSource.query('truncate outbox_message, dead_letter, effect'));

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const send = (...ids: number[]) =>
    dataSource.transaction((db) =>
      publish(
        db,
        ids.map((id) => ({ topic: 'event.created', payload: { event_id: id } }) as const),
      ),
    );

  const idOf = (message: Message) => (message.payload as { event_id: number }).event_id;

  const record = async (db: EntityManager, messages: readonly Message[]) => {
    for (const message of messages) await execute(db, sql`insert into effect (event_id) values (${idOf(message)})`);
  };

  const consumer = (options: Partial<ConsumerOptions> = {}, listener: Pick<DatabaseListener, 'on'> = deaf) =>
    new OutboxConsumer(dataSource, listener, silent, {
      queue: QUEUE.executorEvents,
      batchSize: 10,
      pollIntervalMs: 60_000,
      handle: record,
      ...options,
    });

  const effects = async () =>
    (await run<{ id: number }>(dataSource, sql`select e.event_id as id from effect as e order by e.event_id`)).map(
      (row) => row.id,
    );

  const waiting = () =>
    run<{ attempt: number; error: string | null; delayMs: number }>(
      dataSource,
      sql`
      select o.attempt, o.last_error as error,
             round(extract(epoch from o.available_at - now()) * 1000)::int as "delayMs"
      from outbox_message as o
      order by o.id`,
    );

  it('delivers what a committed transaction published, oldest first, and nothing of one rolled back', async () => {
    await send(1, 2, 3);
    await expect(
      dataSource.transaction(async (db) => {
        await publish(db, [{ topic: 'event.created', payload: { event_id: 4 } }]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    const seen: number[] = [];
    const taken = await consumer({
      handle: (_, messages) => Promise.resolve(void seen.push(...messages.map(idOf))),
    }).consumeOnce();
    expect({ taken, seen }).toEqual({ taken: 3, seen: [1, 2, 3] });
    expect(await waiting()).toEqual([]);
  });

  it('writes nothing for a topic that nobody listens to', async () => {
    await dataSource.transaction((db) => publish(db, [{ topic: 'execution.completed', payload: { execution_id: 1 } }]));
    expect(await waiting()).toEqual([]);
  });

  it('keeps a delayed message back', async () => {
    await dataSource.transaction((db) =>
      publish(db, [{ topic: 'event.created', payload: { event_id: 1 } }], { delayMs: 60_000 }),
    );
    expect(await consumer().consumeOnce()).toBe(0);
  });

  it('never gives one message to two consumers at work at once', async () => {
    await send(...Array.from({ length: 40 }, (_, index) => index));
    const [one, two] = [consumer(), consumer()];
    const taken: number[] = [];
    while ((await effects()).length < 40) taken.push(...(await Promise.all([one.consumeOnce(), two.consumeOnce()])));
    expect(await effects()).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it('lets one bad message hold up nobody: it alone is put off and counted', async () => {
    await send(1, 2, 3);
    const handle = async (db: EntityManager, messages: readonly Message[]) => {
      await record(db, messages);
      if (messages.some((message) => idOf(message) === 2)) throw new Error('two is bad');
    };
    await consumer({ handle }).consumeOnce();
    expect(await effects()).toEqual([1, 3]);
    const [bad, ...others] = await waiting();
    expect(others).toEqual([]);
    expect(bad).toMatchObject({ attempt: 1, error: 'two is bad' });
    expect(bad?.delayMs).toBeGreaterThan(0);
    expect(bad?.delayMs).toBeLessThanOrEqual(1_000);
  });

  it('moves a message that failed ten times to the dead letters and lets its entity be marked', async () => {
    await send(7);
    const givenUp: number[] = [];
    const failing = consumer({
      handle: () => Promise.reject(new Error('never works')),
      giveUp: (_, message) => Promise.resolve(void givenUp.push(idOf(message))),
    });
    for (let attempt = 0; attempt < MESSAGE_RETRY.maxAttempts; attempt += 1) {
      await execute(dataSource, sql`update outbox_message set available_at = now()`);
      await failing.consumeOnce();
    }
    expect(await waiting()).toEqual([]);
    expect(givenUp).toEqual([7]);
    const dead = await run(
      dataSource,
      sql`select d.queue, d.topic, d.payload, d.attempt, d.error from dead_letter as d`,
    );
    expect(dead).toEqual([
      {
        queue: QUEUE.executorEvents,
        topic: 'event.created',
        payload: { event_id: 7 },
        attempt: MESSAGE_RETRY.maxAttempts,
        error: 'never works',
      },
    ]);
  });

  it('gives up nothing that another consumer has done meanwhile', async () => {
    await send(8);
    await execute(dataSource, sql`update outbox_message set attempt = ${MESSAGE_RETRY.maxAttempts - 1}`);
    const givenUp: number[] = [];
    const tries: number[] = [];
    const done: number[] = [];
    const failing = consumer({
      handle: async (db, [message]) => {
        // Alone, the second time: this try loses its hold on the message, and another consumer has done it before it fails.
        if (tries.push(message!.id) === 2) {
          await db.query('rollback');
          done.push(await execute(dataSource, sql`delete from outbox_message`));
        }
        throw new Error('fails');
      },
      giveUp: (_, message) => Promise.resolve(void givenUp.push(message.id)),
    });
    await failing.consumeOnce();
    expect(done).toEqual([1]);
    expect(givenUp).toEqual([]);
    expect(await run(dataSource, sql`select d.id from dead_letter as d`)).toEqual([]);
  });

  it('does not count a try that the database cut short', async () => {
    await send(1);
    const cut = consumer({
      handle: async (db) => {
        await db.query('select pg_terminate_backend(pg_backend_pid())');
      },
    });
    await expect(cut.consumeOnce()).rejects.toThrow();
    expect(await waiting()).toMatchObject([{ attempt: 0, error: null }]);
    await consumer().consumeOnce();
    expect(await effects()).toEqual([1]);
  });

  it('is woken by the commit that published, finishes the batch in hand on stop and can be stopped twice', async () => {
    const listener = new DatabaseListener(database.url, silent);
    await listener.start();
    const running = consumer({}, listener);
    running.start();
    await send(1);
    await eventually(async () => expect(await effects()).toEqual([1]));
    await send(2);
    await eventually(async () => expect(await effects()).toEqual([1, 2]));
    await running.stop();
    await running.stop();
    await send(3);
    await listener.stop();
    expect(await waiting()).toHaveLength(1);
  });

  it('goes on listening after its connection was cut', async () => {
    const listener = new DatabaseListener(database.url, silent, 'cut-me');
    const heard: string[] = [];
    listener.on('some_channel', (payload) => heard.push(payload));
    await listener.start();
    await dataSource.query(
      `select pg_terminate_backend(a.pid) from pg_stat_activity as a where a.application_name = 'cut-me'`,
    );
    await eventually(async () => {
      await dataSource.query(`select pg_notify('some_channel', 'again')`);
      expect(heard).toContain('again');
    });
    expect(heard.filter((payload) => payload === '').length).toBeGreaterThanOrEqual(2);
    await listener.stop();
  });
});
