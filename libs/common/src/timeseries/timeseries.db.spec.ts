import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { execute, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { refreshAggregates } from './aggregate-refresh.js';
import { databaseCapabilities } from './database-capabilities.js';
import { hypertableReport } from './hypertable-report.js';
import { eventAt, executionAt } from './past-rows.fixture.js';
import { listFailedPolicies } from './policy-failures.js';
import { setRetention } from './retention.js';
import { HOURLY_AGGREGATES, TIME_SERIES_TABLES, verbatim } from './time-series-tables.js';

describe.each(testKinds())('time series (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true, kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('says what the database can do', async () => {
    const capabilities = await databaseCapabilities(dataSource);
    const hasPolicies = kind === 'timescale';
    expect(capabilities).toMatchObject({
      kind,
      serverVersion: expect.stringMatching(/^\d+\.\d+$/) as string,
      timescaledbVersion: kind === 'plain' ? null : (expect.stringMatching(/^2\./) as string),
      compression: hasPolicies,
      policies: hasPolicies,
      continuousAggregates: hasPolicies,
    });
    expect(capabilities.description).toMatch(
      { timescale: /community/, apache: /Apache edition/, plain: /without TimescaleDB/ }[kind],
    );
    expect(capabilities.description).not.toContain('\n');
  });

  it('reports every table', async () => {
    await executionAt(dataSource, 0);
    await dataSource.query('analyze');
    const report = await hypertableReport(dataSource);
    expect(report.map(({ name }) => name)).toEqual(TIME_SERIES_TABLES.map(({ name }) => name));
    const execution = report.find(({ name }) => name === 'execution');
    expect(execution).toMatchObject({
      timeColumn: 'created',
      chunkInterval: '1 day',
      keep: '90 days',
      compressedShare: kind === 'timescale' ? 0 : null,
      compressAfter: kind === 'timescale' ? '7 days' : null,
      nextPolicyRun: kind === 'timescale' ? (expect.any(Date) as Date) : null,
    });
    expect(execution?.rows).toBeGreaterThanOrEqual(1);
    expect(execution?.chunks).toBeGreaterThanOrEqual(1);
    expect(execution?.sizeBytes).toBeGreaterThan(8_000);
  });

  it('reads an empty database without failing', async () => {
    const empty = await createTestDatabase({ migrated: false, kind });
    const source = await createDataSource({ url: empty.url }).initialize();
    expect(await databaseCapabilities(source)).toMatchObject({ kind: 'plain' });
    await source.destroy();
    await empty.drop();
  });

  describe('retention', () => {
    const keepOf = async (name: string) =>
      (await hypertableReport(dataSource)).find((report) => report.name === name)?.keep;

    it('is changed, switched off and on again', async () => {
      await setRetention(dataSource, 'event', '30 days');
      expect(await keepOf('event')).toBe('30 days');
      await setRetention(dataSource, 'event', null);
      expect(await keepOf('event')).toBeNull();
      await setRetention(dataSource, 'event', '400 days');
      await setRetention(dataSource, 'event', '400 days');
      expect(await keepOf('event')).toBe('400 days');
      expect(await keepOf('execution')).toBe('90 days');
    });

    it.each([
      ['event', '7 days', /at least 8 days/],
      ['worker_history', '36 days', /at least 37 days/],
      ['audit_event', '23 hours', /at least 1 day: rows go by the chunk/],
      ['event', 'soon', /not an interval/],
      ['event', '-1 day', /at least 8 days/],
      ['pack', '30 days', /no time-series table/],
    ])('refuses %s for %s', async (table, keep, message) => {
      await expect(setRetention(dataSource, table, keep)).rejects.toThrow(message);
    });
  });

  describe('hourly aggregates', () => {
    /** What is in a view but not in the plain count, and the other way round. */
    async function difference(name: string): Promise<unknown[]> {
      const aggregate = HOURLY_AGGREGATES.find((candidate) => candidate.name === name);
      if (!aggregate) throw new Error(`no aggregate ${name}`);
      const { source, timeColumn, dimensions, count, filter } = aggregate;
      const columns = dimensions.map((dimension) => dimension.name).join(', ');
      return run(
        dataSource,
        verbatim(`
          with plain as (
            select date_trunc('hour', s.${timeColumn}, 'UTC') as bucket,
              ${dimensions.map((dimension) => `${dimension.expression} as ${dimension.name}`).join(', ')}, count(*) as n
            from ${source} as s ${filter === null ? '' : `where ${filter}`}
            group by ${[1, ...dimensions.map((_, index) => index + 2)].join(', ')}
          ), counted as (
            select a.bucket, ${columns}, a.${count} as n from ${name} as a
          )
          (table plain except table counted) union all (table counted except table plain)`),
      );
    }

    const names = HOURLY_AGGREGATES.map(({ name }) => name);

    it('equal a plain count before, between and after refreshes, the newest rows included', async () => {
      const moving: number[] = [];
      for (const hoursAgo of [100, 50, 26, 5, 4.5, 3, 2.2, 1.5, 0.5, 0]) {
        await eventAt(dataSource, hoursAgo);
        moving.push(await executionAt(dataSource, hoursAgo));
      }
      await dataSource.query(`insert into worker (name) values ('worker-1')`);
      for (const name of names) expect([name, await difference(name)]).toEqual([name, []]);
      await refreshAggregates(dataSource);
      for (const name of names) expect([name, await difference(name)]).toEqual([name, []]);

      await eventAt(dataSource, 0);
      await executionAt(dataSource, 0);
      for (const name of names) expect([name, await difference(name)]).toEqual([name, []]);

      // Late: hours that are summed up already change, by one statement and by many.
      await eventAt(dataSource, 26);
      await execute(
        dataSource,
        sql`update execution as e set status = 'failed' where e.id = any (${moving.slice(0, 4)}) and e.created > now() - interval '5 days'`,
      );
      for (const id of moving.slice(4, 7)) {
        await execute(
          dataSource,
          sql`update execution as e set status = 'running' where e.id = ${id} and e.created = time_id_created(${id})`,
        );
      }
      await execute(
        dataSource,
        sql`delete from event as e where e.created between now() - interval '101 hours' and now() - interval '99 hours'`,
      );
      expect(await difference('execution_volume_hourly')).not.toEqual([]);
      await refreshAggregates(dataSource);
      for (const name of names) expect([name, await difference(name)]).toEqual([name, []]);
    });

    it('can be refreshed by two at once', async () => {
      await eventAt(dataSource, 30);
      await executionAt(dataSource, 30);
      if (kind === 'timescale') await refreshAggregates(dataSource);
      else await Promise.all([refreshAggregates(dataSource), refreshAggregates(dataSource)]);
      for (const name of names) expect([name, await difference(name)]).toEqual([name, []]);
    });
  });

  if (kind === 'timescale') {
    it('names the policies that failed', async () => {
      expect(await listFailedPolicies(dataSource)).toEqual([]);
    });
  }
});
