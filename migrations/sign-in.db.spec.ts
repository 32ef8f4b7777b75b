import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { catalogOf } from './catalog-fixture.js';
import { SignIn1767225600015 } from './1767225600015-sign-in.js';

describe.each(testKinds())('what logging in needs (%s)', (kind) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
  });

  afterAll(() => database.drop());

  it('is taken back by its down, with people in it, and comes back the same', async () => {
    const dataSource = await database.dataSource();
    const runner = dataSource.createQueryRunner();
    const migration = new SignIn1767225600015();
    // The number of a column that is added again is the next one.
    const catalog = async () =>
      (await catalogOf(dataSource)).map((line) => line.replace(/(identity)\.\d+/, '$1')).sort();
    const before = await catalog();
    await runner.query(`insert into identity (login) values ('ada')`);
    await runner.query(`
      insert into identity_link (identity_id, provider, issuer, subject, profile)
      select i.id, 'oidc', 'https://idp', 'ada-1', '{}' from identity as i where i.login = 'ada'`);
    await migration.down(runner);
    expect(await catalog()).not.toEqual(before);
    expect(await runner.query(`select i.login from identity as i where i.login = 'ada'`)).toEqual([{ login: 'ada' }]);
    await migration.up(runner);
    expect(await catalog()).toEqual(before);
    await runner.release();
  });

  it('ends sessions with every change of the password, and with nothing else', async () => {
    const dataSource = await database.dataSource();
    const version = async (change: string): Promise<unknown> => {
      await dataSource.query(`update identity set ${change} where login = 'eve'`);
      const [row] = await dataSource.query<{ session_version: number }[]>(
        `select i.session_version from identity as i where i.login = 'eve'`,
      );
      return row?.session_version;
    };
    await dataSource.query(`insert into identity (login, password_hash) values ('eve', 'one')`);
    expect(await version(`display_name = 'Eve', frozen = true`)).toBe(0);
    expect(await version(`password_hash = 'one'`)).toBe(0);
    expect(await version(`password_hash = 'two'`)).toBe(1);
    expect(await version(`password_hash = null`)).toBe(2);
    expect(await version(`password_hash = 'two', session_version = 0`)).toBe(3);
  });

  it('gives an account to one identity, and an identity one account', async () => {
    const dataSource = await database.dataSource();
    await dataSource.query(`insert into identity (login) values ('max'), ('mia')`);
    const link = (login: string, provider: string, subject: string) =>
      dataSource.query(
        `insert into identity_link (identity_id, provider, issuer, subject, profile)
        select i.id, $2, 'https://idp', $3, '{}' from identity as i where i.login = $1`,
        [login, provider, subject],
      );
    await link('max', 'oidc', 'max-1');
    await expect(link('mia', 'oidc', 'max-1')).rejects.toThrow('identity_link_account_key');
    await expect(link('max', 'oidc', 'max-2')).rejects.toThrow('identity_link_pkey');
    await expect(link('mia', 'manual', 'mia-1')).rejects.toThrow('identity_link_provider_check');
    await dataSource.query(`delete from identity where login = 'max'`);
    await expect(link('mia', 'oidc', 'max-1')).resolves.toBeDefined();
  });
});
