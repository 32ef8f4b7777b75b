import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { type DataSource, QueryFailedError } from 'typeorm';
import { createDataSource } from './data-source.js';
import { execute, run } from './run.js';
import { sql } from './sql.js';
import { SQLSTATE, sqlStateOf } from './sqlstate.js';

describe('prepared statements', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    dataSource = await createDataSource({ url: database.url, poolSize: 1 }).initialize();
    await dataSource.query('create table item (id bigint primary key, label text not null)');
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const prepared = () =>
    dataSource
      .query<{ count: number }[]>(`select count(*) as count from pg_prepared_statements`)
      .then((rows) => rows[0]?.count);

  it('do the same as others, and are parsed once by a connection', async () => {
    const insert = (id: number) =>
      sql`insert into item as i (id, label) values (${id}, ${'a'}) returning i.id`.prepared();
    expect(await run(dataSource, insert(1))).toEqual([{ id: 1 }]);
    expect(await dataSource.transaction((db) => execute(db, insert(2)))).toBe(1);
    const find = (ids: number[]) => sql`select i.id from item as i where i.id = any(${ids}::bigint[]) order by i.id`;
    expect(await run(dataSource, find([1, 2]).prepared())).toEqual(await run(dataSource, find([1, 2])));
    expect(await prepared()).toBe(2);
    expect(await execute(dataSource, sql`delete from item as i where i.id = ${99}`.prepared())).toBe(0);
    expect(await prepared()).toBe(3);
  });

  it('give whole numbers as numbers, in lists as well', async () => {
    const [row] = await run(dataSource, sql`select 9007199254740991 as id, array[1, null, 9007199254740991] as ids`);
    expect(row).toEqual({ id: 9_007_199_254_740_991, ids: [1, null, 9_007_199_254_740_991] });
  });

  it('fail like others, and leave their transaction rolled back', async () => {
    const broken = dataSource.transaction(async (db) => {
      await execute(db, sql`insert into item (id, label) values (${10}, ${'b'})`.prepared());
      await execute(db, sql`insert into item (id, label) values (${11}, ${null})`.prepared());
    });
    await expect(broken).rejects.toBeInstanceOf(QueryFailedError);
    expect(sqlStateOf(await broken.catch((error: unknown) => error))).toBe(SQLSTATE.notNullViolation);
    expect(await run(dataSource, sql`select i.id from item as i where i.id >= 10`)).toEqual([]);
  });
});
