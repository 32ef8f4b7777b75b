import { eventually, type ServiceProcess } from '@attune/testing';
import { type Broker, hasBroker, openBroker } from './harness/broker.js';
import { Installation } from './harness/installation.js';
import { createScenario, type Scenario } from './harness/scenario.js';

const CALLERS = 4;
const EACH = 30;

const describeWithBroker = (await hasBroker()) ? describe : describe.skip;

const count = (service: ServiceProcess, text: string) => service.output().split(text).length - 1;
const complaintsOf = (executor: ServiceProcess) => count(executor, 'no message broker');
const reliefsOf = (executor: ServiceProcess) => count(executor, 'the message broker is there again');

describeWithBroker('a RabbitMQ that is killed under load', () => {
  let broker: Broker;
  let installation: Installation;
  let scenario: Scenario;
  let executors: ServiceProcess[];

  beforeAll(async () => {
    broker = await openBroker();
    installation = await Installation.create(broker.environment);
    executors = await Promise.all([installation.start('executor'), installation.start('executor')]);
    await installation.start('worker');
    scenario = await createScenario(installation.url, installation.credentials, {
      name: 'crash',
      rules: [
        { name: 'one', actionRef: 'core.noop' },
        { name: 'two', actionRef: 'core.noop' },
      ],
    });
    await installation.expectOnce([await scenario.post({})], ['crash.one', 'crash.two']);
    await broker.settle();
    // Then its absence is one of its own.
    await eventually(() => expect(executors.map(reliefsOf)).toEqual(executors.map(complaintsOf)), 60_000);
  }, 240_000);

  afterAll(async () => {
    await installation.close();
    await broker.close();
  }, 60_000);

  /** Posts from several callers at once; calls `halfway` in the middle of it. */
  const flood = async (halfway: () => Promise<void>) => {
    const accepted: number[] = [];
    const half = Promise.withResolvers<undefined>();
    const call = async () => {
      for (let n = 0; n < EACH; n += 1) {
        accepted.push(await scenario.post({ n }));
        if (accepted.length === (CALLERS * EACH) / 2) half.resolve(undefined);
      }
    };
    const calls = Promise.all(Array.from({ length: CALLERS }, call));
    await half.promise;
    await halfway();
    await calls;
    return accepted;
  };

  it('is not missed by callers, takes no event with it, and none is worked on twice', async () => {
    const complaints = executors.map(complaintsOf);
    // Without a retry: every call is answered, with the broker or without it.
    const accepted = await flood(() => broker.takeAway());
    expect(accepted).toHaveLength(CALLERS * EACH);
    await broker.bringBack();
    await installation.expectOnce(accepted, ['crash.one', 'crash.two']);
    // Each said so once, however long it lasted.
    expect(executors.map(complaintsOf)).toEqual(complaints.map((before) => before + 1));
  }, 240_000);

  it('loses nothing when executors are killed in the middle of it', async () => {
    const accepted = await flood(async () => {
      await Promise.all(executors.map((executor) => executor.kill()));
      await installation.start('executor');
    });
    await installation.expectOnce(accepted, ['crash.one', 'crash.two']);
    // What a killed one had in hand is anybody's when its lease is over; published twice, it still had one effect.
    await eventually(
      async () => expect(await installation.rows(`select o.id from outbox_message as o`)).toEqual([]),
      60_000,
    );
    await installation.expectOnce(accepted, ['crash.one', 'crash.two']);
  }, 240_000);
});
