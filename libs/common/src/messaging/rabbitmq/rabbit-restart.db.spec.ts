import { eventually, hasRabbitProgram, RabbitNode, testTransports } from '@attune/testing';
import { RabbitFixture } from './rabbit-fixture.js';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

// A broker that is not started here cannot be killed here.
const canKill = testTransports().includes('rabbitmq') && hasRabbitProgram();
const describeWithNode = canKill ? describe : describe.skip;

describeWithNode('a RabbitMQ that is killed', () => {
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

  it('takes no message with it, and none has two effects', async () => {
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
});
