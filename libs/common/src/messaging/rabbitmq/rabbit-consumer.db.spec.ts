import { MESSAGE_RETRY } from '@attune/engine';
import { eventually, testTransports } from '@attune/testing';
import { type EntityManager } from 'typeorm';
import { execute, run } from '../../database/run.js';
import { sql } from '../../database/sql.js';
import { type Message } from '../sql/take-messages.sql.js';
import { QUEUE } from '../topics.js';
import { eventIdOf, RabbitFixture, record } from './rabbit-fixture.js';
import { deleteOldInboxRows } from './sql/delete-old-inbox-rows.sql.js';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const describeWithBroker = testTransports().includes('rabbitmq') ? describe : describe.skip;

describeWithBroker('consuming from RabbitMQ', () => {
  let given: RabbitFixture;

  beforeAll(async () => {
    given = await RabbitFixture.open();
  });

  beforeEach(() => given.reset());

  afterAll(() => given.close());

  /** What is waiting goes to the broker at once, past the relays under test. */
  const relayAll = async () => {
    const service = given.service(given.broker.url);
    const relay = given.relay(service);
    while ((await relay.relayOnce()) > 0);
    await service.close();
  };

  it('does nothing for a message that is delivered again after its effect', async () => {
    await given.send(1, 2);
    await relayAll();
    const service = given.service();
    const batches: number[][] = [];
    // The connection breaks before the effect is committed; the acknowledgement finds it gone.
    const consumer = given.consumer(service, {
      handle: async (db, messages) => {
        await record(db, messages);
        if (batches.push(messages.map(eventIdOf)) > 1) return;
        given.proxy.cut();
        await eventually(() => expect(given.proxy.connections).toBe(0));
      },
    });
    consumer.start();
    await eventually(async () => {
      expect(await given.effects()).toEqual([1, 2]);
      expect(given.proxy.connections).toBe(1);
    });
    // What was taken back stands before this one.
    await given.send(3);
    await relayAll();
    await eventually(async () => expect(await given.effects()).toEqual([1, 2, 3]));
    await consumer.stop();
    expect(await given.queued()).toBe(0);
    expect(batches).toEqual([[1, 2], [3]]);
  });

  it('lets one bad message hold up nobody: it alone goes back into the outbox, with its try counted', async () => {
    const handle = async (db: EntityManager, messages: readonly Message[]) => {
      await record(db, messages);
      if (messages.some((message) => eventIdOf(message) === 2)) throw new Error('two is bad');
    };
    await given.send(1, 2, 3);
    await relayAll();
    await given.consumer(given.service(), { handle }).consumeOnce();
    expect(await given.effects()).toEqual([1, 3]);
    const [bad, ...others] = await given.waiting();
    expect(others).toEqual([]);
    expect(bad).toMatchObject({ attempt: 1, error: 'two is bad' });
    expect(bad?.delayMs).toBeGreaterThan(0);
    expect(bad?.delayMs).toBeLessThanOrEqual(1_000);
    expect(await given.queued()).toBe(0);
  });

  it('moves a message that failed ten times to the dead letters, here and at the broker', async () => {
    const service = given.service();
    const relay = given.relay(service);
    const givenUp: number[] = [];
    const failing = given.consumer(service, {
      handle: () => Promise.reject(new Error('never works')),
      giveUp: (_, message) => Promise.resolve(void givenUp.push(eventIdOf(message))),
    });
    await given.send(7);
    for (let attempt = 0; attempt < MESSAGE_RETRY.maxAttempts; attempt += 1) {
      await execute(given.dataSource, sql`update outbox_message set available_at = now()`);
      expect(await relay.relayOnce()).toBe(1);
      await failing.consumeOnce();
    }
    expect(await given.waiting()).toEqual([]);
    expect(givenUp).toEqual([7]);
    expect(
      await run(given.dataSource, sql`select d.queue, d.topic, d.payload, d.attempt, d.error from dead_letter as d`),
    ).toEqual([
      {
        queue: QUEUE.executorEvents,
        topic: 'event.created',
        payload: { event_id: 7 },
        attempt: MESSAGE_RETRY.maxAttempts,
        error: 'never works',
      },
    ]);
    await eventually(async () => expect(await given.queued(given.topology.deadLetterQueue)).toBe(1));
  });

  it('repeats and gives up nothing that another consumer has done meanwhile', async () => {
    await given.send(8);
    await execute(given.dataSource, sql`update outbox_message set attempt = ${MESSAGE_RETRY.maxAttempts - 1}`);
    await relayAll();
    const givenUp: number[] = [];
    const tries: number[] = [];
    const failing = given.consumer(given.service(), {
      handle: async (db, [message]) => {
        // Alone, the second time: its hold on the message is lost, and another consumer has done it before it fails.
        if (tries.push(message!.id) === 2) {
          await db.query('rollback');
          await execute(
            given.dataSource,
            sql`
            insert into message_inbox (message_id, created)
            values (${message!.id}, ${(message as Message & { created: string }).created}::timestamptz)`,
          );
        }
        throw new Error('fails');
      },
      giveUp: (_, message) => Promise.resolve(void givenUp.push(message.id)),
    });
    await failing.consumeOnce();
    expect(tries).toHaveLength(2);
    expect(givenUp).toEqual([]);
    expect(await given.waiting()).toEqual([]);
    expect(await run(given.dataSource, sql`select d.id from dead_letter as d`)).toEqual([]);
  });

  it('delivers again what failed when even that cannot be noted, and holds up nobody for it', async () => {
    await given.send(1, 2, 3);
    await execute(given.dataSource, sql`update outbox_message set attempt = ${MESSAGE_RETRY.maxAttempts - 1}`);
    await relayAll();
    let refusals = 0;
    const consumer = given.consumer(given.service(), {
      handle: async (db, messages) => {
        await record(db, messages);
        if (messages.some((message) => eventIdOf(message) === 2)) throw new Error('two is bad');
      },
      giveUp: () => (refusals++ === 0 ? Promise.reject(new Error('not now')) : Promise.resolve()),
    });
    consumer.start();
    await eventually(async () => expect(await run(given.dataSource, sql`select from dead_letter`)).toHaveLength(1));
    await consumer.stop();
    expect(await given.effects()).toEqual([1, 3]);
    expect(refusals).toBe(2);
    expect(await given.queued()).toBe(0);
  });

  it('does not count a try that the database cut short, and keeps the batch until it is back', async () => {
    await given.send(1);
    await relayAll();
    let cuts = 0;
    const consumer = given.consumer(given.service(), {
      handle: async (db, messages) => {
        if (cuts++ === 0) await db.query('select pg_terminate_backend(pg_backend_pid())');
        await record(db, messages);
      },
    });
    consumer.start();
    await eventually(async () => expect(await given.effects()).toEqual([1]));
    await consumer.stop();
    expect(await given.waiting()).toEqual([]);
    expect(await given.queued()).toBe(0);
  });

  it('takes what has arrived without waiting, and no more ahead than two batches', async () => {
    await given.send(...upTo(50));
    await relayAll();
    const sizes: number[] = [];
    const entered = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    const consumer = given.consumer(given.service(), {
      handle: async (db, messages) => {
        sizes.push(messages.length);
        entered.resolve(undefined);
        await gate.promise;
        await record(db, messages);
      },
    });
    consumer.start();
    await entered.promise;
    await eventually(async () => expect(await given.queued()).toBe(30));
    const stopping = consumer.stop();
    gate.resolve(undefined);
    await stopping;
    // Only the batch in hand was finished; what had been sent ahead is back.
    const [inHand = 0, ...later] = sizes;
    expect(later).toEqual([]);
    expect(inHand).toBeGreaterThan(0);
    expect(inHand).toBeLessThanOrEqual(10);
    expect(await given.effects()).toHaveLength(inHand);
    await eventually(async () => expect(await given.queued()).toBe(50 - inHand));
  });

  it('gives what is not a message of ours to the dead letters of the broker', async () => {
    await given.onChannel(async (channel) => {
      channel.sendToQueue(given.topology.queue(QUEUE.executorEvents), Buffer.from('hello'));
      await channel.waitForConfirms();
    });
    await given.send(1);
    await relayAll();
    await given.consumer(given.service()).consumeOnce();
    expect(await given.effects()).toEqual([1]);
    await eventually(async () => expect(await given.queued(given.topology.deadLetterQueue)).toBe(1));
  });

  it('takes two messages with the same id for two: ids come again after a restored backup', async () => {
    await given.send(1);
    const [first] = await given.waiting();
    await relayAll();
    await given.dataSource.query(`alter table outbox_message alter column id restart with ${first!.id}`);
    await given.send(2);
    expect(await given.waiting()).toMatchObject([{ id: first!.id }]);
    await relayAll();
    await given.consumer(given.service()).consumeOnce();
    expect(await given.effects()).toEqual([1, 2]);
  });

  it('forgets old messages in small batches', async () => {
    await execute(
      given.dataSource,
      sql`
      insert into message_inbox (message_id, created, consumed_at)
      select n, now(), now() - n * interval '1 hour' from generate_series(1, 10) as n`,
    );
    expect(await deleteOldInboxRows(given.dataSource, 5, 3)).toBe(3);
    expect(await deleteOldInboxRows(given.dataSource, 5, 3)).toBe(3);
    const left = await run<{ id: number }>(
      given.dataSource,
      sql`select i.message_id as id from message_inbox as i order by 1`,
    );
    expect(left.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });
});
