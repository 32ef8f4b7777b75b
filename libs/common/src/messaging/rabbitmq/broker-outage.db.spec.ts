import { eventually, testTransports } from '@attune/testing';
import { RabbitFixture } from './rabbit-fixture.js';

const describeWithBroker = testTransports().includes('rabbitmq') ? describe : describe.skip;

describeWithBroker('without RabbitMQ', () => {
  let given: RabbitFixture;

  beforeAll(async () => {
    given = await RabbitFixture.open();
  });

  beforeEach(() => given.reset());

  afterAll(() => given.close());

  it('makes the queues again that an operator has deleted, and loses nothing of what comes then', async () => {
    const service = given.service();
    given.relay(service).start();
    given.consumer(service).start();
    await given.send(1);
    await eventually(async () => expect(await given.effects()).toEqual([1]));
    await given.broker.drop(given.topology);
    await given.send(2);
    await eventually(async () => expect(await given.effects()).toEqual([1, 2]));
  });

  it('starts without a broker, says so once, and goes on when it is there', async () => {
    given.proxy.refuse();
    const service = given.service();
    given.relay(service).start();
    given.consumer(service).start();
    await given.send(1);
    await eventually(() => expect(given.warnings()).toHaveLength(1));
    await eventually(() => expect(given.proxy.refused).toBeGreaterThan(5));
    given.proxy.mend();
    await eventually(async () => expect(await given.effects()).toEqual([1]));
    expect(given.warnings()).toEqual([
      expect.stringContaining('no message broker; messages wait in the database until it is there'),
    ]);
    expect(given.log.map(({ msg }) => msg)).toContain('the message broker is there again');
  });

  it('says once that the password is wrong, without showing it', async () => {
    const url = new URL(given.broker.url);
    url.password = 'not-the-password';
    const service = given.service(url.href);
    const relay = given.relay(service);
    given.consumer(service).start();
    await expect(relay.relayOnce()).rejects.toThrow('did not answer in time');
    expect(given.warnings()).toEqual([
      'no message broker; messages wait in the database until it is there: it refuses the user or the password of messaging.url',
    ]);
    expect(JSON.stringify(given.log)).not.toContain('not-the-password');
  });

  it('stops in time although the broker hangs while a connection is opened', async () => {
    const service = given.service();
    given.proxy.mute();
    const [relay, consumer] = [given.relay(service), given.consumer(service)];
    relay.start();
    consumer.start();
    await eventually(() => expect(given.proxy.connections).toBe(2));
    const started = performance.now();
    await Promise.all([relay.stop(), consumer.stop()]);
    await service.close();
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('stops in time although the broker hangs in the middle of it', async () => {
    const service = given.service();
    const [relay, consumer] = [given.relay(service), given.consumer(service)];
    relay.start();
    consumer.start();
    await given.send(1);
    await eventually(async () => expect(await given.effects()).toEqual([1]));
    given.proxy.mute();
    const started = performance.now();
    await Promise.all([relay.stop(), consumer.stop()]);
    await service.close();
    expect(performance.now() - started).toBeLessThan(8_000);
  });
});
