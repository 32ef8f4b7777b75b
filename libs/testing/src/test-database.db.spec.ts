import { Client } from 'pg';
import { type TestDatabase, createTestDatabase } from './test-database.js';
import { testKinds } from './test-kinds.js';

describe.each(testKinds())('createTestDatabase on %s', (kind) => {
  const dropped: TestDatabase[] = [];
  const create = async (migrated: boolean): Promise<TestDatabase> => {
    const database = await createTestDatabase({ kind, migrated });
    dropped.push(database);
    return database;
  };

  afterEach(async () => {
    for (const database of dropped.splice(0)) await database.drop();
  });

  it('clones a migrated database that belongs to the caller alone', async () => {
    const [one, two] = await Promise.all([create(true), create(true)]);
    await (await one.dataSource()).query(`update greeting set word = 'changed'`);
    expect(await (await two.dataSource()).query('select word from greeting')).toEqual([{ word: 'hello' }]);
    expect(await (await two.dataSource()).query('select name from schema_migration')).toEqual([
      { name: 'CreateGreeting1767225600001' },
    ]);
  });

  it('gives an empty database when asked to', async () => {
    const dataSource = await (await create(false)).dataSource();
    expect(await dataSource.query(`select to_regclass('greeting') as table`)).toEqual([{ table: null }]);
    expect(await dataSource.query('select 9007199254740991::bigint as id')).toEqual([{ id: 9007199254740991 }]);
  });

  it('has the kind that was asked for', async () => {
    const dataSource = await (await create(false)).dataSource();
    const [row] = await dataSource.query<{ license: string | null }[]>(
      `select current_setting('timescaledb.license', true) as license`,
    );
    expect(row?.license ?? 'plain').toBe(kind);
    if (kind !== 'plain') await dataSource.query('create extension timescaledb');
  });

  it('fails to drop it while the test holds a connection, and drops it nevertheless', async () => {
    const database = await createTestDatabase({ kind });
    const leak = new Client({ connectionString: database.url, application_name: 'forgotten' });
    leak.on('error', () => undefined);
    await leak.connect();
    await leak.query('select 1');
    await expect(database.drop()).rejects.toThrow(/1 connection\(s\)[^]*forgotten \(idle\): select 1/);
    await leak.end();
    await expect(database.dataSource()).rejects.toThrow('does not exist');
  });
});
