import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { catalogOf } from './catalog-fixture.js';
import { MessageInbox1767225600012 } from './1767225600012-message-inbox.js';

describe.each(testKinds())('the inbox of messages (%s)', (kind) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
  });

  afterAll(() => database.drop());

  it('is taken back by its down, with messages waiting, and comes back the same', async () => {
    const dataSource = await database.dataSource();
    const runner = dataSource.createQueryRunner();
    const migration = new MessageInbox1767225600012();
    // The number of a column that is added again is the next one.
    const catalog = async () =>
      (await catalogOf(dataSource)).map((line) => line.replace(/(outbox_message)\.\d+/, '$1')).sort();
    const before = await catalog();
    await runner.query(
      `insert into outbox_message (queue, topic, payload, relayed_until) values ('executor.events', 'event.created', '{}', now())`,
    );
    await migration.down(runner);
    expect(await catalog()).not.toEqual(before);
    expect(await runner.query(`select o.topic from outbox_message as o`)).toEqual([{ topic: 'event.created' }]);
    await migration.up(runner);
    await runner.release();
    expect(await catalog()).toEqual(before);
  });
});
