import { createDataSource, execute, sql } from '@attune/common';
import { createTestDatabase, eventually, type TestDatabase } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { IdentityRightsReader } from './identity-rights-reader.service.js';

describe('IdentityRightsReader', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let reader: IdentityRightsReader;
  let ada: number;
  let bob: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await createDataSource({ url: database.url }).initialize();
    reader = new IdentityRightsReader(dataSource);
    [ada, bob] = [await identity('ada', [{ resource: 'packs', actions: ['read'] }]), await identity('bob', [])];
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function identity(login: string, grants: readonly object[]): Promise<number> {
    const [row] = await dataSource.query<{ id: number }[]>(
      `with made as (insert into identity (login) values ($1) returning id),
         held as (insert into permission_set (ref, grants) values ($2, $3) returning id),
         given as (insert into permission_assignment (identity_id, permission_set_id) select m.id, h.id from made as m, held as h)
       select m.id from made as m`,
      [login, `test.${login}`, JSON.stringify(grants)],
    );
    return row?.id ?? 0;
  }

  it('gives each its own, however they come together', async () => {
    const asked = [ada, bob, 999_999, ada, bob];
    const found = await Promise.all(asked.map((id) => reader.find(id)));
    expect(found.map((one) => one?.grants)).toEqual([
      [{ resource: 'packs', actions: ['read'] }],
      [],
      undefined,
      [{ resource: 'packs', actions: ['read'] }],
      [],
    ]);
  });

  it('lets nobody fail for what only another one asked', async () => {
    const found = await Promise.allSettled([ada, bob, 1e20, ada].map((id) => reader.find(id)));
    expect(found.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('never answers with what was read before it was asked', async () => {
    // Whoever reads assignments now waits for a lock, and does so after the snapshot of its statement was taken.
    await dataSource.query('alter table permission_assignment rename to assigned');
    await dataSource.query(
      `create view permission_assignment as
       select a.* from assigned as a where (select pg_advisory_xact_lock_shared(1)) is not null`,
    );
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('select pg_advisory_xact_lock(1)');
    const early = reader.find(ada);
    await eventually(async () =>
      expect(await dataSource.query(`select from pg_locks as l where not l.granted`)).toHaveLength(1),
    );
    await execute(dataSource, sql`update identity set frozen = true where id = ${ada}`);
    const late = reader.find(ada);
    await holder.commitTransaction();
    await holder.release();
    expect((await early)?.frozen).toBe(false);
    expect((await late)?.frozen).toBe(true);
  });
});
