import { ADVISORY_LOCK_SEED, SessionLock, sql } from '@attune/common';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { RetentionService } from './retention.service.js';

describe('retention in the executor', () => {
  let given: ExecutorFixture;

  beforeEach(async () => {
    given = await ExecutorFixture.create();
    await given.run(sql`
      insert into notification (entity_type, created) select 'old', now() - interval '31 days' from generate_series(1, 3)`);
  });

  afterEach(() => given.close());

  const url = () => (given.dataSource.options as { url: string }).url;
  const service = () => {
    const config = { ...given.config, database: { url: url(), poolSize: 10, connectTimeoutMs: 5_000 } };
    return new RetentionService(given.dataSource, config, given.logger);
  };
  const found = async () => (await given.run(sql`select n.id from notification as n`)).length;

  it('comes at once, and then after its interval', async () => {
    const retention = service();
    expect(await retention.roundIfDue()).toContainEqual({
      target: 'notifications',
      table: 'notification',
      rows: 3,
      isDone: true,
    });
    expect(await found()).toBe(0);
    expect(await retention.roundIfDue()).toBeNull();
    expect(await service().roundIfDue()).not.toBeNull();
  });

  it('is done by one executor at a time, of those with the same number', async () => {
    const lock = await SessionLock.acquire({
      url: url(),
      logger: given.logger,
      name: '42',
      seed: ADVISORY_LOCK_SEED.retention,
      patienceMs: 0,
    });
    await given.run(sql`insert into retention_config (config) values ('{"advisory_lock_key": 42}')`);
    const retention = service();
    expect(await retention.roundIfDue()).toBeNull();
    expect(await found()).toBe(3);
    await lock?.release();
    expect(await retention.roundIfDue()).not.toBeNull();
    expect(await found()).toBe(0);
  });
});
