import { eventually, testTransports } from '@attune/testing';
import { execute } from '../../database/run.js';
import { sql } from '../../database/sql.js';
import { QUEUE } from '../topics.js';
import { eventIdOf, RabbitFixture } from './rabbit-fixture.js';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const describeWithBroker = testTransports().includes('rabbitmq') ? describe : describe.skip;

describeWithBroker('from the outbox to RabbitMQ', () => {
  let given: RabbitFixture;

  beforeAll(async () => {
    given = await RabbitFixture.open();
  });

  beforeEach(() => given.reset());

  afterAll(() => given.close());

  it('delivers what was published, oldest first, and keeps nothing', async () => {
    const service = given.service();
    const seen: number[] = [];
    await given.send(1, 2, 3);
    expect(await given.relay(service).relayOnce()).toBe(3);
    expect(await given.waiting()).toEqual([]);
    const consumer = given.consumer(service, {
      handle: (_, messages) => Promise.resolve(void seen.push(...messages.map(eventIdOf))),
    });
    expect(await consumer.consumeOnce()).toBe(3);
    expect(seen).toEqual([1, 2, 3]);
    expect(await consumer.consumeOnce()).toBe(0);
  });

  it('gives every message to one of several relays and one of several consumers', async () => {
    for (const service of [given.service(), given.service()]) {
      given.relay(service).start();
      given.consumer(service).start();
    }
    const ids = upTo(500);
    for (let from = 0; from < 500; from += 50) await given.send(...ids.slice(from, from + 50));
    await eventually(async () => expect(await given.effects()).toEqual(ids));
    expect(await given.waiting()).toEqual([]);
  });

  it('leaves alone what is not due, and what another relay has in hand', async () => {
    await given.send(1, 2);
    await execute(
      given.dataSource,
      sql`update outbox_message set available_at = now() + interval '1 minute'
      where (payload ->> 'event_id')::int = 1`,
    );
    await execute(
      given.dataSource,
      sql`update outbox_message set relayed_until = now() + interval '1 minute'
      where (payload ->> 'event_id')::int = 2`,
    );
    const relay = given.relay(given.service());
    expect(await relay.relayOnce()).toBe(0);
    await execute(given.dataSource, sql`update outbox_message set available_at = now(), relayed_until = now()`);
    expect(await relay.relayOnce()).toBe(2);
  });

  it('publishes again what a relay that was killed had published but not removed, and it has one effect', async () => {
    const service = given.service();
    await given.send(1);
    const rows = await given.waiting();
    await given.relay(service).relayOnce();
    // As if the removal had never been: the row is back, and its lease over.
    await execute(
      given.dataSource,
      sql`
      insert into outbox_message (id, queue, topic, payload, created, relayed_until) overriding system value
      select ${rows[0]!.id}, 'executor.events', 'event.created', '{"event_id": 1}', ${await createdOfNext()}::timestamptz, now()`,
    );
    await given.relay(service).relayOnce();
    expect(await given.queued()).toBe(2);
    const consumer = given.consumer(service);
    while ((await consumer.consumeOnce()) > 0);
    expect(await given.effects()).toEqual([1]);
  });

  /** The time of publication that the message in the queue carries. */
  const createdOfNext = () =>
    given.onChannel(async (channel) => {
      const message = await channel.get(given.topology.queue(QUEUE.executorEvents));
      if (message === false) throw new Error('no message');
      channel.nack(message);
      return String(message.properties.headers?.['x-attune-created']);
    });

  /** A relay at work, whose next words the broker hears without an answer reaching it. */
  const relayWithoutAnswers = async (confirmTimeoutMs: number) => {
    const service = given.service();
    const relay = given.relay(service, { confirmTimeoutMs });
    relay.start();
    await given.send(1);
    await eventually(async () => expect(await given.queued()).toBe(1));
    await eventually(async () => expect(await given.waiting()).toEqual([]));
    given.proxy.mute();
    await given.send(2, 3);
    await eventually(async () => expect(await given.queued()).toBe(3));
    return { service, relay };
  };

  const onceEach = async (ids: readonly number[]) => {
    await eventually(async () => expect(await given.waiting()).toEqual([]));
    const consumer = given.consumer(given.service());
    while ((await consumer.consumeOnce()) > 0);
    expect(await given.effects()).toEqual(ids);
  };

  it('publishes again when the connection breaks between publishing and confirm, and it has one effect', async () => {
    await relayWithoutAnswers(60_000);
    expect(await given.waiting()).toMatchObject([{ isLeased: true }, { isLeased: true }]);
    given.proxy.cut();
    given.proxy.mend();
    await eventually(async () => expect(await given.queued()).toBe(5));
    await onceEach([1, 2, 3]);
  });

  it('takes a broker that does not confirm in time for lost, and publishes again when it is back', async () => {
    await relayWithoutAnswers(200);
    await eventually(async () =>
      expect(await given.waiting()).toMatchObject([{ isLeased: false }, { isLeased: false }]),
    );
    given.proxy.mend();
    await eventually(async () => expect(await given.queued()).toBe(5));
    await onceEach([1, 2, 3]);
  });

  it('stops although the broker hangs, and gives back what it had in hand', async () => {
    const { relay } = await relayWithoutAnswers(500);
    await relay.stop();
    expect(await given.waiting()).toMatchObject([{ isLeased: false }, { isLeased: false }]);
    given.proxy.mend();
  });
});
