import { createTestDatabase, eventually, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { catalogOf } from './catalog-fixture.js';
import { migrations } from './index.js';
import { fingerprints, populate, POPULATED_DAYS } from './populated-fixture.js';
import { TIME_SERIES_TABLES } from './time-series/tables.js';

const CONVERTED = ['enforcement', 'event', 'execution'] as const;

describe.each(testKinds())('conversion of populated tables (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let ordinary: { catalog: string[]; rows: Record<string, string>; indexes: string[]; triggers: string[] };
  let convertedCatalog: string[];

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false, kind });
    const first = await database.dataSource({ migrations: migrations.slice(0, 8) });
    await first.runMigrations();
    await populate(first);
    ordinary = {
      catalog: await catalogOf(first),
      rows: await fingerprints(first),
      indexes: await indexesOf(first),
      triggers: await triggersOf(first),
    };
    await first.destroy();
    dataSource = await database.dataSource({ migrations: [...migrations] });
    await dataSource.runMigrations({ transaction: 'each' });
    convertedCatalog = await catalogOf(dataSource);
  }, 120_000); // two rounds of migrations, and the server's first start

  afterAll(() => database.drop());

  async function indexesOf(source: DataSource): Promise<string[]> {
    const rows: { definition: string }[] = await source.query(
      `select replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') as definition from pg_index as i
       where i.indrelid = any ($1::regclass[]) and not i.indisprimary order by 1`,
      [CONVERTED],
    );
    return rows.map(({ definition }) => definition);
  }

  async function triggersOf(source: DataSource): Promise<string[]> {
    const rows: { definition: string }[] = await source.query(
      `select pg_get_triggerdef(t.oid) as definition from pg_trigger as t
       where t.tgrelid = any ($1::regclass[]) and not t.tgisinternal order by 1`,
      [CONVERTED],
    );
    return rows.map(({ definition }) => definition);
  }

  async function foreignKeys(): Promise<string[]> {
    const rows: { key: string }[] = await dataSource.query(
      `select c.conrelid::regclass || ' ' || c.conname as key from pg_constraint as c
       where c.contype = 'f' and (c.conrelid = any ($1::regclass[]) or c.confrelid = any ($1::regclass[])) order by 1`,
      [CONVERTED],
    );
    return rows.map(({ key }) => key);
  }

  it('keeps every row as it was', async () => {
    expect(await fingerprints(dataSource)).toEqual(ordinary.rows);
    const [{ days }] = await dataSource.query<[{ days: number }]>(
      `select count(distinct date_bin('1 day', e.created, 'epoch'))::int as days from execution as e`,
    );
    expect(days).toBeGreaterThanOrEqual(POPULATED_DAYS);
  });

  it('takes away every foreign key to and from the tables, and leaves the columns', async () => {
    expect(await foreignKeys()).toEqual([]);
    const columns: { name: string; type: string }[] = await dataSource.query(`
      select c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type
      from pg_attribute as a join pg_class as c on c.oid = a.attrelid
      where (c.relname, a.attname) in (
        ('inquiry', 'execution'), ('workflow_execution', 'execution'), ('enforcement', 'event'),
        ('execution', 'parent'), ('execution', 'original_execution'), ('execution', 'workflow_def'),
        ('execution', 'action'), ('execution', 'executor'), ('execution', 'enforcement'), ('event', 'trigger'),
        ('event', 'source'), ('event', 'rule'), ('enforcement', 'rule')
      )`);
    expect(columns.map(({ type }) => type)).toEqual(Array(13).fill('bigint'));
  });

  it('makes (id, created) the primary key', async () => {
    const keys: unknown[] = await dataSource.query(
      `select c.conrelid::regclass::text as "table", pg_get_constraintdef(c.oid) as key from pg_constraint as c
       where c.contype = 'p' and c.conrelid = any ($1::regclass[]) order by 1`,
      [CONVERTED],
    );
    expect(keys).toEqual(CONVERTED.map((table) => ({ table, key: 'PRIMARY KEY (id, created)' })));
  });

  it('keeps every index and every trigger', async () => {
    expect(ordinary.indexes.length).toBeGreaterThan(10);
    expect(await indexesOf(dataSource)).toEqual(ordinary.indexes);
    expect(ordinary.triggers.length).toBeGreaterThan(4);
    expect(await triggersOf(dataSource)).toEqual(expect.arrayContaining(ordinary.triggers));
  });

  it('cuts the tables by day', async () => {
    const children: { name: string; count: number }[] = await dataSource.query(
      `select i.inhparent::regclass::text as name, count(*)::int as count from pg_inherits as i
       where i.inhparent = any ($1::regclass[]) group by 1 order by 1`,
      [CONVERTED],
    );
    expect(children.map(({ name }) => name)).toEqual([...CONVERTED]);
    for (const { count } of children) expect(count).toBeGreaterThanOrEqual(POPULATED_DAYS);
  });

  if (kind === 'timescale') {
    it('has exactly the intended policies', async () => {
      const jobs: { policy: string; relation: string; config: Record<string, string>; every: string }[] =
        await dataSource.query(`
        select j.proc_name as policy, coalesce(a.view_name, j.hypertable_name) as relation, j.config,
          j.schedule_interval::text as every
        from timescaledb_information.jobs as j
        left join timescaledb_information.continuous_aggregates as a
          on a.materialization_hypertable_name = j.hypertable_name
        where j.hypertable_name is not null
        order by 1, 2`);
      const of = (policy: string) => jobs.filter((job) => job.policy === policy);
      expect(Object.fromEntries(of('policy_retention').map((job) => [job.relation, job.config['drop_after']]))).toEqual(
        {
          audit_event: '90 days',
          enforcement: '90 days',
          event: '90 days',
          execution: '90 days',
          execution_history: '90 days',
          worker_history: '180 days',
        },
      );
      expect(of('policy_compression').map((job) => [job.relation, job.config['compress_after']])).toEqual(
        TIME_SERIES_TABLES.map(({ name }) => [name, '7 days']).toSorted(),
      );
      expect(
        of('policy_refresh_continuous_aggregate').map(({ relation, config, every }) =>
          [relation, config['start_offset'], config['end_offset'], every].join(' '),
        ),
      ).toEqual([
        'enforcement_volume_hourly 7 days 01:00:00 00:30:00',
        'event_volume_hourly 7 days 01:00:00 00:30:00',
        'execution_status_hourly 7 days 01:00:00 00:30:00',
        'execution_throughput_hourly 7 days 01:00:00 00:30:00',
        'execution_volume_hourly 7 days 01:00:00 00:30:00',
        'worker_status_hourly 30 days 01:00:00 01:00:00',
      ]);
    });

    it('segments compressed chunks as designed', async () => {
      const settings: unknown[] = await dataSource.query(`
        select s.hypertable::text as name, s.segmentby as by, s.orderby as "order"
        from timescaledb_information.hypertable_columnstore_settings as s
        where s.hypertable::text !~ 'materialized' order by 1`);
      expect(settings).toEqual([
        { name: 'audit_event', by: 'event_type', order: 'created DESC,id' },
        { name: 'enforcement', by: 'rule_ref', order: 'created DESC,id' },
        { name: 'event', by: 'trigger_ref', order: 'created DESC,id' },
        { name: 'execution', by: 'action_ref', order: 'created DESC,id' },
        { name: 'execution_history', by: 'entity_id', order: '"time" DESC' },
        { name: 'worker_history', by: 'entity_id', order: '"time" DESC' },
      ]);
    });

    it('fills the aggregates once with what is older than their refresh window', async () => {
      const older = `a.bucket < now() - interval '8 days'`;
      const counted = (): Promise<{ n: number }[]> =>
        dataSource.query(
          `select coalesce(sum(a.event_count), 0)::int as n from event_volume_hourly as a where ${older}`,
        );
      const before = await counted();
      expect(before[0]?.n).toBeGreaterThan(500);
      // The policy's run moves the line to the present; only the job saves what lies before its window.
      await runJobs('policy_refresh_continuous_aggregate');
      expect(await counted()).toEqual([{ n: 0 }]);
      await runJobs('time_series_backfill');
      expect(await counted()).toEqual(before);
      const left: unknown[] = await dataSource.query(
        `select from timescaledb_information.jobs as j where j.proc_name = 'time_series_backfill' and j.scheduled`,
      );
      expect(left).toEqual([]);
    });

    it('still updates a row whose chunk is compressed, and finds it', async () => {
      const [old] = await dataSource.query<[{ id: number }]>(
        `select e.id from execution as e where e.created < now() - interval '9 days' order by e.created desc limit 1`,
      );
      await dataSource.query(
        `select compress_chunk(c) from show_chunks('execution', older_than => interval '7 days') as c`,
      );
      const compressed: { chunks: number }[] = await dataSource.query(
        `select count(*)::int as chunks from timescaledb_information.chunks as c
         where c.hypertable_name = 'execution' and c.is_compressed`,
      );
      expect(compressed[0]?.chunks).toBeGreaterThan(10);
      expect(await fingerprints(dataSource)).toEqual(ordinary.rows);
      await dataSource.query(
        `update execution as e set retry_count = 1 where e.id = $1 and e.created = time_id_created($1)`,
        [old.id],
      );
      const after: unknown[] = await dataSource.query(
        `select e.retry_count, e.action_ref is not null as whole,
           (select count(*)::int from execution_history as h where h.entity_id = e.id and 'retry_count' = any (h.changed_fields)) as told
         from execution as e where e.id = $1 and e.created = time_id_created($1)`,
        [old.id],
      );
      expect(after).toEqual([{ retry_count: 1, whole: true, told: 1 }]);
    });

    async function runJobs(procedure: string): Promise<void> {
      const jobs: { id: number }[] = await dataSource.query(
        `select j.job_id as id from timescaledb_information.jobs as j where j.proc_name = $1 order by 1`,
        [procedure],
      );
      // A server with background workers may be running the job itself at this moment; then it is our turn after it.
      for (const { id } of jobs) await eventually(() => dataSource.query(`call run_job(${id})`), 30_000);
    }
  } else {
    it('stores the retention that maintenance keeps', async () => {
      const retention: { name: string; keep: string }[] = await dataSource.query(
        `select r.table_name as name, r.keep::text as keep from time_series_retention as r`,
      );
      expect(Object.fromEntries(retention.map(({ name, keep }) => [name, keep]))).toEqual({
        audit_event: '90 days',
        enforcement: '90 days',
        event: '90 days',
        execution: '90 days',
        execution_history: '90 days',
        worker_history: '180 days',
      });
    });
  }

  /** Until so many migrations are left. */
  const undoTo = async (count: number): Promise<void> => {
    for (let left = migrations.length; left > count; left -= 1) {
      await dataSource.undoLastMigration({ transaction: 'each' });
    }
  };

  it('goes down to the ordinary tables with rows and constraints, and up again to the same schema', async () => {
    const before = await fingerprints(dataSource);
    await undoTo(8);
    expect(await fingerprints(dataSource)).toEqual(before);
    expect(await catalogOf(dataSource)).toEqual(ordinary.catalog);
    await dataSource.runMigrations({ transaction: 'each' });
    expect(await fingerprints(dataSource)).toEqual(before);
    expect(await catalogOf(dataSource)).toEqual(convertedCatalog);
  });

  it('goes down although ids dangle: the rows stay, and the constraints hold for new ones', async () => {
    await dataSource.query(`delete from execution as e where e.created < now() - interval '20 days'`);
    const before = await fingerprints(dataSource);
    await undoTo(9);
    expect(await fingerprints(dataSource)).toEqual(before);
    const keys: unknown[] = await dataSource.query(
      `select c.conname, c.convalidated from pg_constraint as c
       where c.conname in ('inquiry_execution_fkey', 'execution_action_fkey') order by 1`,
    );
    expect(keys).toEqual([
      { conname: 'execution_action_fkey', convalidated: true },
      { conname: 'inquiry_execution_fkey', convalidated: false },
    ]);
    await expect(
      dataSource.query(`insert into inquiry (execution, prompt) values (1, 'Go on?')`),
    ).rejects.toMatchObject({ driverError: { constraint: 'inquiry_execution_fkey' } });
    await dataSource.runMigrations({ transaction: 'each' });
    expect(await fingerprints(dataSource)).toEqual(before);
  });
});
