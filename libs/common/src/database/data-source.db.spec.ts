import { createTestDatabase, eventually, type TestDatabase } from '@attune/testing';
import { createDataSource } from './data-source.js';
import { run } from './run.js';
import { sql } from './sql.js';

describe('a pool of connections', () => {
  let database: TestDatabase;

  beforeAll(async () => (database = await createTestDatabase()));
  afterAll(() => database.drop());

  it('keeps two warm, and closes the others when they are idle', async () => {
    const dataSource = await createDataSource({ url: database.url, idleTimeoutMs: 20 }).initialize();
    const watch = await createDataSource({ url: database.url, applicationName: 'watch' }).initialize();
    const open = async (): Promise<number[]> => {
      const rows = await run<{ pid: number }>(
        watch,
        sql`select a.pid from pg_stat_activity as a
            where a.datname = current_database() and a.application_name = 'attune' order by a.pid`,
      );
      return rows.map(({ pid }) => pid);
    };
    try {
      await Promise.all(Array.from({ length: 5 }, () => run(dataSource, sql`select pg_sleep(0.05)`)));
      await eventually(async () => expect(await open()).toHaveLength(2));
      const kept = await open();
      const used = await run<{ pid: number }>(dataSource, sql`select pg_backend_pid() as pid`);
      expect(kept).toContain(used[0]?.pid);
      expect(await open()).toEqual(kept);
    } finally {
      await dataSource.destroy();
      await watch.destroy();
    }
  });

  it('has no plans compiled, whatever the server does for others', async () => {
    const setting = sql`select current_setting('jit') as jit`;
    const admin = await database.dataSource();
    await admin.query(`alter database ${database.name} set jit = on`);
    const dataSource = await createDataSource({ url: database.url }).initialize();
    const settings = await Promise.all(Array.from({ length: 5 }, () => run(dataSource, setting)));
    await dataSource.destroy();
    expect(settings.flat()).toEqual(settings.map(() => ({ jit: 'off' })));
  });
});
