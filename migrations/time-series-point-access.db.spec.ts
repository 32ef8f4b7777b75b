import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { migrations } from './index.js';
import { populate, POPULATED_DAYS } from './populated-fixture.js';

const IN_RANGE = `e.created between time_id_created($1) and time_id_created($2)`;

describe.each(testKinds())('point access to one chunk of many (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let id: number;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false, kind });
    const first = await database.dataSource({ migrations: migrations.slice(0, 8) });
    await first.runMigrations();
    await populate(first);
    await first.destroy();
    dataSource = await database.dataSource({ migrations: [...migrations] });
    await dataSource.runMigrations({ transaction: 'each' });
    const [row] = await dataSource.query<[{ id: number }]>(
      `select e.id from execution as e where e.created < now() - interval '5 days' order by e.created desc limit 1`,
    );
    id = row.id;
  }, 120_000); // two rounds of migrations, and the server's first start

  afterAll(() => database.drop());

  it('without "created" every chunk is read', async () => {
    const plan = await planOf(`select e.status from execution as e where e.id = $1`, [id]);
    expect(chunksIn(plan).length).toBeGreaterThanOrEqual(POPULATED_DAYS);
  });

  it.each([
    ['read', `select e.status from execution as e where e.id = $1 and e.created = time_id_created($1)`],
    ['update', `update execution as e set retry_count = 1 where e.id = $1 and e.created = time_id_created($1)`],
    ['delete', `delete from execution as e where e.id = $1 and e.created = time_id_created($1)`],
  ])('a %s plans one chunk', async (_, statement) => {
    expect(chunksIn(await planOf(statement, [id]))).toHaveLength(1);
  });

  it('a statement prepared for any id still runs on one chunk', async () => {
    const plan = await dataSource.transaction(async (db) => {
      await db.query(`set local plan_cache_mode = force_generic_plan`);
      await db.query(`prepare point (bigint) as
        select e.status from execution as e where e.id = $1 and e.created = time_id_created($1)`);
      const [row] = await db.query<[PlanRow]>(`explain (analyze, format json) execute point (${id})`);
      await db.query(`deallocate point`);
      return row['QUERY PLAN'];
    });
    expect(chunksIn(plan)).toHaveLength(1);
  });

  it('a set of ids within a range of "created" plans the chunks of that range', async () => {
    const plan = await planOf(
      `update execution as e set retry_count = 2 from unnest($3::bigint[]) as wanted (id)
       where e.id = wanted.id and e.created = time_id_created(wanted.id) and ${IN_RANGE}`,
      [id, id, [id]],
    );
    expect(chunksIn(plan)).toHaveLength(1);
  });

  type PlanNode = Record<string, unknown> & { readonly Plans?: readonly PlanNode[] };
  interface PlanRow {
    readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }];
  }

  async function planOf(statement: string, values: unknown[]): Promise<PlanRow['QUERY PLAN']> {
    const [row] = await dataSource.query<[PlanRow]>(`explain (format json) ${statement}`, values);
    return row['QUERY PLAN'];
  }

  /** Chunks or partitions that some node of the plan scans. */
  function chunksIn([{ Plan }]: PlanRow['QUERY PLAN']): string[] {
    const found = new Set<string>();
    const visit = (node: PlanNode): void => {
      const relation = node['Relation Name'];
      if (String(node['Node Type']).endsWith('Scan') && typeof relation === 'string') found.add(relation);
      for (const child of node.Plans ?? []) visit(child);
    };
    visit(Plan);
    return [...found].filter((name) => name !== 'execution');
  }
});
