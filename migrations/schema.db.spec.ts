import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { DataSource } from 'typeorm';
import { catalogOf } from './catalog-fixture.js';
import { migrations } from './index.js';

/** The migrations before the time series, the same on every kind of PostgreSQL. */
const ORDINARY = migrations.slice(0, 8);

describe('the ordinary schema', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false, kind: 'plain' });
    dataSource = await open();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const open = (): Promise<DataSource> =>
    new DataSource({
      type: 'postgres',
      url: database.url,
      migrations: [...ORDINARY],
      migrationsTableName: 'schema_migration',
    }).initialize();

  it('is taken back exactly by each down, and comes back the same', async () => {
    const runner = dataSource.createQueryRunner();
    const steps = ORDINARY.map((Migration) => new Migration());
    const before: string[][] = [];
    for (const step of steps) {
      before.push(await catalogOf(dataSource));
      await step.up(runner);
    }
    const complete = await catalogOf(dataSource);
    expect(complete.length).toBeGreaterThan(500);
    for (const [index, step] of [...steps.entries()].toReversed()) {
      await step.down(runner);
      expect({ undone: ORDINARY[index]?.name, catalog: await catalogOf(dataSource) }).toEqual({
        undone: ORDINARY[index]?.name,
        catalog: before[index],
      });
    }
    expect(before[0]).toEqual([]);
    for (const step of steps) await step.up(runner);
    expect(await catalogOf(dataSource)).toEqual(complete);
    for (const step of steps.toReversed()) await step.down(runner);
    await runner.release();
  });

  it('is made once: a second run finds nothing to do', async () => {
    const first = await dataSource.runMigrations({ transaction: 'each' });
    const catalog = await catalogOf(dataSource);
    expect(first).toHaveLength(ORDINARY.length);
    expect(await dataSource.runMigrations({ transaction: 'each' })).toEqual([]);
    expect(await catalogOf(dataSource)).toEqual(catalog);
  });

  it('names every constraint after its table', async () => {
    const unnamed: unknown[] = await dataSource.query(`
      select c.conname
      from pg_constraint as c
      join pg_class as t on t.oid = c.conrelid
      where t.relnamespace = 'public'::regnamespace
        and t.relname <> 'schema_migration'
        and c.contype in ('p', 'u', 'f', 'c')
        and c.conname !~ ('^' || t.relname || '_.*(pkey|fkey|key|check)$')`);
    expect(unnamed).toEqual([]);
  });

  it('has an index behind every foreign key of a table that is not a time series', async () => {
    // Without one, deleting a pack would read whole tables to find what goes with it. Columns that say by whom something
    // was done are left out: packs, workers and tokens are few, and identities are seldom deleted.
    const bare: unknown[] = await dataSource.query(`
      select c.conname
      from pg_constraint as c
      where c.contype = 'f'
        and c.conrelid::regclass::text not in ('event', 'enforcement', 'execution')
        and c.conname !~ '_by_fkey$'
        and not exists (
          select from pg_index as i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1]
        )
      order by c.conname`);
    expect(bare).toEqual([]);
  });

  it('has the platform itself as identity 1, without a password', async () => {
    expect(await dataSource.query(`select id, login, password_hash from identity order by id`)).toEqual([
      { id: expect.anything() as unknown, login: 'system', password_hash: null },
    ]);
  });
});
