import { eventually, hasRabbitProgram, RabbitNode, testTransports } from '@attune/testing';
import { QUEUE } from '../topics.js';
import { RabbitFixture } from './rabbit-fixture.js';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

// A broker that is not started here cannot be killed here.
const canKill = testTransports().includes('rabbitmq') && hasRabbitProgram();
const describeWithNode = canKill ? describe : describe.skip;

describeWithNode('a RabbitMQ in trouble', () => {
  let node: RabbitNode;
  let given: RabbitFixture;

  beforeAll(async () => {
    node = await RabbitNode.create();
    given = await RabbitFixture.open(node.url);
    await given.reset();
    await node.restart();
  }, 180_000);

  afterAll(async () => {
    await given.close();
    await node.close();
  }, 60_000);

  it('takes no message with it when it is killed, and none has two effects', async () => {
    for (const service of [given.service(), given.service()]) {
      given.relay(service).start();
      given.consumer(service).start();
    }
    const ids = upTo(600);
    const half = Promise.withResolvers<undefined>();
    const sending = (async () => {
      for (const id of ids) {
        await given.send(id);
        if (id === 200) half.resolve(undefined);
      }
    })();
    await half.promise;
    await node.kill();
    await sending;
    const before = await given.effects();
    expect(before.length).toBeLessThan(ids.length);
    await node.start();
    await eventually(async () => expect(await given.effects()).toEqual(ids), 60_000);
    await eventually(async () => expect(await given.waiting()).toEqual([]));
  }, 180_000);

  it('is waited for, without a word more than one, while it is short of memory', async () => {
    await given.reset();
    const service = given.service();
    given.relay(service, { confirmTimeoutMs: 500 }).start();
    given.consumer(service).start();
    await given.send(1);
    await eventually(async () => expect(await given.effects()).toEqual([1]));
    await node.control('set_vm_memory_high_watermark', 'absolute', '1024');
    await given.send(2);
    await eventually(() => expect(given.warnings()).toEqual([expect.stringContaining('it takes no messages')]), 30_000);
    // A channel on the other connection can be opened, and says nothing of this one.
    await service.waiting(QUEUE.executorEvents);
    expect(given.backs()).toBe(0);
    await given.send(3);
    await node.control('set_vm_memory_high_watermark', '0.4');
    await eventually(async () => expect(await given.effects()).toEqual([1, 2, 3]), 60_000);
    await eventually(async () => expect(await given.waiting()).toEqual([]));
    expect(given.warnings()).toHaveLength(1);
    expect(given.backs()).toBe(1);
  }, 180_000);

  it('is there again with the next connection when one was lost that was blocked', async () => {
    await given.reset();
    const service = given.service();
    given.relay(service, { confirmTimeoutMs: 500 }).start();
    await given.send(1);
    await eventually(async () => expect(await given.waiting()).toEqual([]));
    await node.control('set_vm_memory_high_watermark', 'absolute', '1024');
    await given.send(2);
    await eventually(() => expect(given.warnings()).toHaveLength(1), 30_000);
    given.proxy.refuse();
    await node.control('set_vm_memory_high_watermark', '0.4');
    await eventually(() => expect(given.warnings()).toHaveLength(2), 30_000);
    expect(given.backs()).toBe(0);
    given.proxy.mend();
    await eventually(async () => expect(await given.waiting()).toEqual([]), 60_000);
    expect(given.backs()).toBe(1);
  }, 180_000);
});
