import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { connect } from './connect.js';
import { createDataSource } from './data-source.js';
import { isMigrated, migrateDatabase } from './migrate.js';

describe('migrateDatabase', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase({ migrated: false });
  });

  afterEach(() => database.drop());

  it('does the work once when two processes start at the same time', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => createDataSource({ url: database.url }).initialize()));
    expect(await isMigrated(one!)).toBe(false);
    const [first, second] = await Promise.all([migrateDatabase(one!), migrateDatabase(two!)]);
    expect([...first, ...second]).toHaveLength(one!.migrations.length);
    expect(Math.min(first.length, second.length)).toBe(0);
    expect(await isMigrated(two!)).toBe(true);
    expect(await migrateDatabase(one!)).toEqual([]);
    await Promise.all([one!.destroy(), two!.destroy()]);
  });
});

describe('connect', () => {
  const attempt = async (url: string) => {
    const dataSource = createDataSource({ url, connectTimeoutMs: 2_000 });
    await connect(dataSource, url).finally(() => (dataSource.isInitialized ? dataSource.destroy() : undefined));
  };

  it('says in one line, without the password, why it cannot', async () => {
    const database = await createTestDatabase({ migrated: false });
    const { username, hostname, port } = new URL(database.url);
    const at = (user: string, password: string, where: string) => `postgres://${user}:${password}@${where}`;

    await expect(attempt(at(username, 'wrong', `${hostname}:${port}/postgres`))).rejects.toThrow(
      /^database at .* refuses the password of user/,
    );
    const missing = new URL(database.url);
    missing.pathname = '/no_such_database';
    await expect(attempt(missing.href)).rejects.toThrow(/no_such_database does not exist/);
    await expect(attempt(at('a', 'secret', '127.0.0.1:1/x'))).rejects.toThrow(
      /^cannot reach the database at 127\.0\.0\.1:1\/x: connect ECONNREFUSED/,
    );
    await expect(attempt(at('a', 'secret', 'no-such-host.invalid/x'))).rejects.toThrow(/^cannot reach the database at/);
    await expect(attempt(database.url)).resolves.toBeUndefined();
    await database.drop();
  });
});
