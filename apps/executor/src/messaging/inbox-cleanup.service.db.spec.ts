import { sql } from '@attune/common';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { InboxCleanupService } from './inbox-cleanup.service.js';

describe('handled messages', () => {
  let given: ExecutorFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create();
  });

  afterAll(() => given.close());

  it('are forgotten after three days, however many there are', async () => {
    await given.run(sql`
      insert into message_inbox (message_id, created, consumed_at)
      select n, now(), now() - case when n <= 2500 then interval '73 hours' else interval '71 hours' end
      from generate_series(1, 2600) as n`);
    const service = new InboxCleanupService(given.dataSource, given.config, given.logger);
    expect(await service.forget()).toBe(2_500);
    expect(await service.forget()).toBe(0);
    expect(await given.run(sql`select min(i.message_id) as first from message_inbox as i`)).toEqual([{ first: 2_501 }]);
  });
});
