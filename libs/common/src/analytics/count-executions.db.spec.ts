import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { execute, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { recordStatements, scannedChunks } from '../repositories/recorded-statements.fixture.js';
import { refreshAggregates } from '../timeseries/aggregate-refresh.js';
import { moveStrayRows } from '../timeseries/partitions.js';
import { executionAt } from '../timeseries/past-rows.fixture.js';
import { TIME_SERIES_TABLES } from '../timeseries/time-series-tables.js';
import { countExecutions, type CountedExecutions } from './count-executions.js';

const EVERYTHING: CountedExecutions = { rows: sql`true`, sums: sql`true` };

describe.each(testKinds())('the number of executions (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const ids: number[] = [];

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
    // Two a day for twenty days, so some older than what a refresh looks at, and some of the last day.
    for (let day = 0; day < 20; day += 1) {
      for (const hours of [3, 9])
        ids.push(await executionAt(dataSource, day * 24 + hours, `demo.${day % 2 ? 'odd' : 'even'}`));
    }
    await moveTo('completed', ...ids.filter((_, n) => n % 3 !== 0));
    await moveTo('failed', ...ids.filter((_, n) => n % 6 === 0));
    if (kind === 'plain') for (const table of TIME_SERIES_TABLES) await moveStrayRows(dataSource, table);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const moveTo = async (status: string, ...moved: number[]) => {
    for (const id of moved) {
      await execute(
        dataSource,
        sql`update execution as e set status = ${status} where e.id = ${id} and e.created = time_id_created(${id})`,
      );
    }
  };
  const counted = async (condition: Sql = sql`true`) =>
    Object.fromEntries(
      (
        await run<{ status: string; count: number }>(
          dataSource,
          sql`select e.status, count(*)::int as count from execution as e where ${condition} group by e.status`,
        )
      ).map(({ status, count }) => [status, count]),
    );
  /** Also the hours before the window of the policy, which they were inside of when they were new. */
  const refreshEverything = async () => {
    await refreshAggregates(dataSource);
    if (kind !== 'timescale') return;
    await dataSource.query(
      `call refresh_continuous_aggregate('execution_volume_hourly', null, now() - interval '1 hour')`,
    );
  };
  const shown = async (which = EVERYTHING) =>
    Object.fromEntries(Object.entries(await countExecutions(dataSource, which)).filter(([, count]) => count > 0));

  it('is that of all rows, before the first refresh and after it', async () => {
    expect(await counted()).toEqual({ requested: 7, completed: 26, failed: 7 });
    expect(await shown()).toEqual(await counted());
    await refreshEverything();
    expect(await shown()).toEqual(await counted());
  });

  it('stays that when executions of old hours end after their sums were made', async () => {
    await moveTo('running', ids[39] ?? 0, ids[9] ?? 0, ids[27] ?? 0);
    expect(await shown()).toEqual(await counted());
    await moveTo('timeout', ids[9] ?? 0);
    await moveTo('cancelled', ...ids.filter((_, n) => n % 6 === 3 && n > 20));
    expect(await shown()).toEqual(await counted());
    await refreshAggregates(dataSource);
    expect(await shown()).toEqual(await counted());
  });

  it('counts what a condition lets through', async () => {
    const odd = { rows: sql`e.action_ref = 'demo.odd'`, sums: sql`a.action_ref = 'demo.odd'` };
    expect(await shown(odd)).toEqual(await counted(odd.rows));
    expect(await shown({ rows: sql`e.executor = 7`, sums: null })).toEqual({});
  });

  it('reads rows of the last day and of hours with live executions only', async () => {
    const old = ids[30] ?? 0; // on day 15
    await moveTo('running', old);
    await refreshEverything();
    const statements = await recordStatements(dataSource, () => countExecutions(dataSource, EVERYTHING));
    const counting = statements.filter(({ text }) => /count\(\*\)/.test(text));
    expect(counting).toHaveLength(4); // the last day, and the hours of three live executions
    const scanned = await Promise.all(counting.map((statement) => scannedChunks(dataSource, statement)));
    expect(scanned[0]?.length).toBeLessThanOrEqual(kind === 'plain' ? 10 : 3); // empty partitions of the coming week
    for (const chunks of scanned.slice(1)) expect(chunks).toHaveLength(1);
    expect(await shown()).toEqual(await counted());
  });
});
