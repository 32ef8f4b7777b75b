import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';
import { isConnectionLost, isRetryable, sqlStateOf } from './sqlstate.js';

describe('isConnectionLost', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    dataSource = await createDataSource({ url: database.url }).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => 'it worked',
      (error: unknown) => error,
    );

  it('knows every error of a session that was ended, also those after the first', async () => {
    const runner = dataSource.createQueryRunner();
    const [{ pid }] = (await runner.query('select pg_backend_pid() as pid')) as [{ pid: number }];
    await runner.startTransaction();
    await dataSource.query('select pg_terminate_backend($1)', [pid]);
    const failures = [await failureOf(runner.query('select 1')), await failureOf(runner.query('select 1'))];
    await runner.release();
    expect(failures.map(isConnectionLost)).toEqual([true, true]);
  });

  it('knows a server that is not there', async () => {
    const absent = createDataSource({ url: 'postgres://a:b@127.0.0.1:1/x' });
    expect(isConnectionLost(await failureOf(absent.initialize()))).toBe(true);
  });

  it('takes a wrong statement for what it is', async () => {
    const error = await failureOf(dataSource.query('select 1/0'));
    expect([isConnectionLost(error), isRetryable(error), sqlStateOf(error)]).toEqual([false, false, '22012']);
  });
});
