import { hostname } from 'node:os';
import { createTestDatabase, eventually, type TestDatabase, testKinds } from '@attune/testing';
import { pino } from 'pino';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { execute, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { MaintenanceLock } from './maintenance-lock.js';
import { MaintenanceRunner } from './maintenance-runner.js';
import { eventAt, executionAt } from './past-rows.fixture.js';
import { refreshRollups } from './rollups.js';
import { setRetention } from './retention.js';

const silent = pino({ level: 'silent' });

describe.each(testKinds())('maintenance (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let runner: MaintenanceRunner;

  beforeEach(async () => {
    database = await createTestDatabase({ migrated: true, kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
    runner = new MaintenanceRunner(dataSource, silent, { url: database.url });
  });

  afterEach(async () => {
    await runner.stop();
    await dataSource.destroy();
    await database.drop();
  });

  const partitionsOf = async (table: string): Promise<string[]> =>
    (
      await run<{ name: string }>(
        dataSource,
        sql`select i.inhrelid::regclass::text as name from pg_inherits as i where i.inhparent = ${table}::regclass order by 1`,
      )
    ).map(({ name }) => name);

  const idsOf = async (table: 'event' | 'execution'): Promise<number[]> =>
    (
      await run<{ id: number }>(
        dataSource,
        table === 'event'
          ? sql`select e.id from event as e order by 1`
          : sql`select e.id from execution as e order by 1`,
      )
    ).map(({ id }) => id);

  it('starts, announces who does it, and stops, twice if need be', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const spoken = new MaintenanceRunner(dataSource, logger, { url: database.url });
    spoken.start();
    spoken.start();
    await eventually(() => {
      expect(lines.join('')).toContain(kind === 'timescale' ? 'the policies of TimescaleDB' : 'this service');
    });
    await spoken.stop();
    await spoken.stop();
  });

  if (kind === 'timescale') {
    it('leaves everything to the policies', async () => {
      expect(await runner.runOnce()).toEqual({ added: [], dropped: [], rollups: [], rescued: [] });
    });

    it('runs a policy that failed in the background, once for each failure', async () => {
      await eventAt(dataSource, 24 * 20);
      // What the scheduler notes about a job whose worker ended with an error.
      await dataSource.query(`
        update _timescaledb_internal.bgw_job_stat as s
        set last_start = now(), last_finish = now(), last_run_success = false, total_runs = 1, total_failures = 1
        from timescaledb_information.jobs as j
        where j.job_id = s.job_id and j.proc_name = 'policy_compression' and j.hypertable_name = 'event'`);
      expect((await runner.runOnce())?.rescued).toEqual(['policy_compression of event']);
      const chunks = await run(
        dataSource,
        sql`select c.is_compressed as compressed from timescaledb_information.chunks as c where c.hypertable_name = 'event'`,
      );
      expect(chunks).toEqual([{ compressed: true }]);
      expect((await runner.runOnce())?.rescued).toEqual([]);
    });
    return;
  }

  it('passes when another process has the lock, and keeps it between two rounds', async () => {
    const other = new MaintenanceLock(database.url);
    expect(await other.hold()).toBe(true);
    expect(await runner.runOnce()).toBeUndefined();
    await other.release();
    expect(await runner.runOnce()).toMatchObject({ rollups: expect.arrayContaining([]) as unknown });
    expect(await other.hold()).toBe(false);
    await runner.stop();
    expect(await other.hold()).toBe(true);
    await other.release();
  });

  it('takes over soon after the one who was at it is gone', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const waiting = new MaintenanceRunner(dataSource, logger, { url: database.url, intervalMs: 600_000, retryMs: 20 });
    const isRefreshed = async () =>
      (await run(dataSource, sql`select 1 from rollup_source as s where s.refreshed_at is not null`)).length > 0;
    const other = new MaintenanceLock(database.url);
    await other.hold();
    waiting.start();
    await eventually(() => {
      expect(lines).toHaveLength(1); // it said who does the work, and found somebody at it
    });
    expect(await isRefreshed()).toBe(false);
    await other.release();
    await eventually(async () => {
      expect(await isRefreshed()).toBe(true);
    });
    await waiting.stop();
  });

  it('takes the lock again at once when its connection was lost', async () => {
    runner.start();
    const holder = async () =>
      (
        await run<{ pid: number }>(
          dataSource,
          sql`
          select l.pid from pg_locks as l join pg_stat_activity as a on a.pid = l.pid
          where l.locktype = 'advisory' and l.granted and a.datname = ${database.name}
            and a.application_name = ${`attune-maintenance ${process.pid}@${hostname()}`.slice(0, 63)}`,
        )
      )[0]?.pid;
    const first = await eventually(async () => {
      const pid = await holder();
      expect(pid).toBeDefined();
      return pid;
    });
    await run(dataSource, sql`select pg_terminate_backend(${first})`);
    await eventually(async () => {
      expect([undefined, first]).not.toContain(await holder());
    });
  });

  it('drops what retention has reached, and only that; the sums of those hours stay', async () => {
    const [gone, kept] = [await eventAt(dataSource, 24 * 40), await eventAt(dataSource, 24 * 20)];
    const execution = await executionAt(dataSource, 24 * 40);
    await runner.runOnce();
    await setRetention(dataSource, 'event', '30 days');
    const round = await runner.runOnce();
    expect(round?.dropped).toHaveLength(1);
    expect(await idsOf('event')).toEqual([kept]);
    expect(await idsOf('execution')).toEqual([execution]);
    await refreshRollups(dataSource);
    const [sum] = await run<{ n: number }>(
      dataSource,
      sql`select sum(a.event_count)::int as n from event_volume_hourly as a`,
    );
    expect(sum).toEqual({ n: 2 });
    // A stray row in an hour whose rows are gone must not erase what was counted there.
    expect(await eventAt(dataSource, 24 * 40)).not.toBe(gone);
    await refreshRollups(dataSource);
    const [after] = await run<{ n: number }>(
      dataSource,
      sql`select sum(a.event_count)::int as n from event_volume_hourly as a`,
    );
    expect(after).toEqual({ n: 2 });
  });

  it('refreshes the rollups once per interval', async () => {
    const sources = ['event', 'enforcement', 'execution', 'execution_history', 'worker_history'];
    const first = await runner.runOnce();
    expect(first?.rollups).toEqual(sources.map((source) => ({ source, outcome: 'refreshed' })));
    expect((await runner.runOnce())?.rollups).toEqual([]);
    await execute(dataSource, sql`update rollup_source as s set refreshed_at = now() - interval '31 minutes'`);
    expect((await runner.runOnce())?.rollups.map(({ source }) => source)).toEqual(sources.slice(0, 4));
  });

  it('waits with a refresh for transactions that may have missed the line, and loses none of their changes', async () => {
    const id = await executionAt(dataSource, 5);
    const other = dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query(
      `update execution as e set status = 'failed' where e.id = $1 and e.created = time_id_created($1)`,
      [id],
    );
    const refreshing = refreshRollups(dataSource);
    await eventually(async () => {
      const [source] = await run<{ moved: boolean }>(
        dataSource,
        sql`select s.tracked_until > s.watermark as moved from rollup_source as s where s.source = 'event'`,
      );
      expect(source?.moved).toBe(true);
    });
    await other.commitTransaction();
    await other.release();
    expect((await refreshing).every(({ outcome }) => outcome === 'refreshed')).toBe(true);
    const statuses = await run<{ status: string }>(
      dataSource,
      sql`select a.status::text as status from execution_volume_hourly as a`,
    );
    expect(statuses).toEqual([{ status: 'failed' }]);
  });

  if (kind === 'plain') {
    it('keeps partitions of the coming week', async () => {
      const before = await partitionsOf('event');
      const [last] = before.filter((name) => name !== 'event_default').slice(-1);
      await dataSource.query(`drop table ${last ?? ''}`);
      const round = await runner.runOnce();
      expect(round?.added).toEqual([last]);
      expect(await partitionsOf('event')).toEqual(before);
      expect((await runner.runOnce())?.added).toEqual([]);
      // today and seven days ahead, and the default
      expect(before).toHaveLength(9);
    });

    it('has partitions of the week ahead again after ten days, and moves what came meanwhile', async () => {
      // Finds a clock of its own before the one of the system.
      await dataSource.query(`
        create schema ten_days_later;
        create function ten_days_later.now() returns timestamptz stable language sql
          return pg_catalog.now() + interval '10 days';
        alter database ${database.name} set search_path = ten_days_later, public, pg_catalog`);
      const later = await createDataSource({ url: database.url }).initialize();
      const stray = await executionAt(later, 24);
      const laterRunner = new MaintenanceRunner(later, silent, { url: database.url });
      const round = await laterRunner.runOnce();
      await laterRunner.stop();
      expect(round?.added.filter((name) => name.startsWith('execution_p'))).toHaveLength(9); // the stray row's day, and today with the coming week
      const ahead = await run<{ days: number }>(
        later,
        sql`select count(*)::int as days from generate_series(0, 7) as d
            where to_regclass('execution_p' || to_char((now() + d * interval '1 day') at time zone 'UTC', 'YYYYMMDD')) is not null`,
      );
      expect(ahead).toEqual([{ days: 8 }]);
      const places = await run(
        later,
        sql`select e.tableoid::regclass::text as place from execution as e where e.id = ${stray}`,
      );
      expect(places).toEqual([{ place: expect.stringMatching(/^execution_p\d{8}$/) as unknown }]);
      await later.destroy();
    });

    it('gives stray rows partitions of their own, with all indexes and triggers', async () => {
      const ids = [await executionAt(dataSource, 24 * 60), await executionAt(dataSource, 24 * 60 - 30)];
      const inDefault = async () =>
        (await run<{ n: number }>(dataSource, sql`select count(*)::int as n from execution_default as d`))[0]?.n;
      expect(await inDefault()).toBe(2);
      const round = await runner.runOnce();
      expect(round?.added).toHaveLength(2);
      expect(await inDefault()).toBe(0);
      expect(await idsOf('execution')).toEqual(ids);
      const told = await run(
        dataSource,
        sql`select distinct h.operation from execution_history as h where h.entity_id = any(${ids}::bigint[])`,
      );
      expect(told).toEqual([{ operation: 'INSERT' }]);
      const bare = await run(
        dataSource,
        sql`
        select i.inhrelid::regclass::text as name
        from pg_inherits as i
        where i.inhparent = 'execution'::regclass
          and (select count(*) from pg_index as x where x.indrelid = i.inhrelid) <>
            (select count(*) from pg_index as x where x.indrelid = i.inhparent)`,
      );
      expect(bare).toEqual([]);
      expect(
        await execute(
          dataSource,
          sql`update execution as e set status = 'running' where e.id = ${ids[0]} and e.created = time_id_created(${ids[0]})`,
        ),
      ).toBe(1);
    });

    it('gives up on a busy table, and the other tables are still done', async () => {
      await eventAt(dataSource, 24 * 50);
      await executionAt(dataSource, 24 * 50);
      const reader = dataSource.createQueryRunner();
      await reader.startTransaction();
      await reader.query('select count(*) from event');
      const round = await runner.runOnce();
      await reader.rollbackTransaction();
      await reader.release();
      expect(round?.added.filter((name) => name.startsWith('event_'))).toEqual([]);
      expect(round?.added.filter((name) => name.startsWith('execution_p'))).toHaveLength(1);
      expect((await runner.runOnce())?.added.filter((name) => name.startsWith('event_'))).toHaveLength(1);
    });
  }
});
