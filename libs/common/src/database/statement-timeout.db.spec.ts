import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';
import { run } from './run.js';
import { sql } from './sql.js';
import { withStatementTimeout } from './statement-timeout.js';

describe('a limited time for statements', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await createDataSource({ url: database.url, poolSize: 1 }).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('ends one that takes longer, with a reason, and holds for nobody else', async () => {
    const slow = withStatementTimeout(dataSource, 50, (db) => run(db, sql`select pg_sleep(30)`));
    await expect(slow).rejects.toMatchObject({ code: 'request.bad_request' });
    expect(await run(dataSource, sql`select current_setting('statement_timeout') as value`)).toEqual([{ value: '0' }]);
  });

  it('gives what was read in time, and passes other errors on', async () => {
    const read = (text: string) =>
      withStatementTimeout(dataSource, 10_000, (db) => run(db, sql`select ${text}::int as n`));
    expect(await read('7')).toEqual([{ n: 7 }]);
    await expect(read('seven')).rejects.toThrow('invalid input syntax');
  });
});
