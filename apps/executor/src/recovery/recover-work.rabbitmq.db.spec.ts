import { QUEUE, sql } from '@attune/common';
import { createTestDatabase, type TestDatabase, testTransports } from '@attune/testing';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { LostExecutionsService } from './lost-executions.service.js';
import { RecoverWorkService } from './recover-work.service.js';

const describeWithBroker = testTransports().includes('rabbitmq') ? describe : describe.skip;

describeWithBroker('work whose message is missing, with a broker', () => {
  let database: TestDatabase;
  let given: ExecutorFixture;
  let service: RecoverWorkService;

  beforeAll(async () => {
    database = await createTestDatabase();
    given = await ExecutorFixture.open(database.url, 'rabbitmq');
  });

  beforeEach(async () => {
    await given.reset();
    const lost = new LostExecutionsService(given.transport.messaging, given.logger);
    service = new RecoverWorkService(given.dataSource, given.starting, lost, given.logger);
  });

  afterAll(async () => {
    await given.close();
    await database.drop();
  });

  const announced = async () => (await service.recover())?.announcedExecutions;

  it('leaves a backlog at the broker alone, however old and however often it looks', async () => {
    const ids = [await given.execution(), await given.execution()];
    await given.age(3_600, ...ids);
    await given.transport.relayDue();
    for (let look = 0; look < 4; look += 1) expect(await announced()).toBe(0);
    expect(await given.messages()).toHaveLength(2);
  });

  it('announces once what two looks find without a message while the broker has none', async () => {
    const [lost, young, done] = [await given.execution(), await given.execution(), await given.execution()];
    await given.transport.relayDue();
    await given.transport.reset();
    await given.run(sql`update execution set status = 'cancelled' where id = ${done}`);
    await given.age(31, lost, done);
    expect([await announced(), await announced(), await announced(), await announced()]).toEqual([0, 1, 0, 0]);
    expect(await given.messages()).toMatchObject([{ payload: { execution_id: lost } }]);
    await given.transport.relayDue();
    expect([await announced(), await announced(), await announced()]).toEqual([0, 0, 0]);
    expect(await given.messages()).toMatchObject([{ payload: { execution_id: lost } }]);
    expect(young).toBeGreaterThan(lost);
  });

  it('does not take for lost what a consumer had in hand when it looked', async () => {
    await given.worker('full', { slots: 0 });
    const execution = await given.execution();
    await given.age(31, execution);
    const placing = given.placing();
    // It waits for room: between two looks its message was handled, and is in the outbox again.
    await given
      .consumer(QUEUE.executorExecutions, async (db, messages) => {
        expect(await announced()).toBe(0);
        await placing.handle(db, messages);
      })
      .consumeOnce();
    expect(await announced()).toBe(0);
    expect(await given.messages()).toMatchObject([{ payload: { execution_id: execution } }]);
  });

  it('does not look without the broker', async () => {
    const execution = await given.execution();
    await given.run(sql`delete from outbox_message`);
    await given.age(31, execution);
    await given.transport.messaging.close();
    for (let look = 0; look < 3; look += 1) expect(await announced()).toBe(0);
    await given.close();
    given = await ExecutorFixture.open(database.url, 'rabbitmq');
  });
});
