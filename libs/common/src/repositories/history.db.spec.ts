import { TIME_SERIES_TABLES } from '@attune/migrations';
import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { execute } from '../database/run.js';
import { sql } from '../database/sql.js';
import { moveStrayRows } from '../timeseries/partitions.js';
import { executionAt } from '../timeseries/past-rows.fixture.js';
import { type HistoryFilter, listHistory } from './history.repository.js';
import { recordStatements, scannedChunks } from './recorded-statements.fixture.js';

const HOUR_MS = 3_600_000;

describe.each(testKinds())('history (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let old: number;
  let recent: number;

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
    old = await executionAt(dataSource, 24 * 5, 'history.old');
    recent = await executionAt(dataSource, 1, 'history.recent');
    for (const id of [old, recent]) {
      await execute(
        dataSource,
        sql`
        update execution as e
        set status = 'completed', result = '{"answer": "hidden"}'
        where e.id = ${id} and e.created = time_id_created(${id})`,
      );
    }
    await dataSource.query(`insert into worker (name) values ('history-worker')`);
    await spreadOverDays();
    // What maintenance does, where days that are over have no partition yet.
    if (kind === 'plain') for (const table of TIME_SERIES_TABLES) await moveStrayRows(dataSource, table);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Three changes on each of ten past days, of an execution created before them. */
  const spreadOverDays = () =>
    execute(
      dataSource,
      sql`
      insert into execution_history (time, operation, entity_id, entity_ref, changed_fields, new_values)
      select now() - d.day * interval '1 day' - n.n * interval '1 minute', 'UPDATE',
        (extract(epoch from now() - interval '11 days') - 1735689600)::bigint * 1000 * 4096, 'history.long',
        '{retry_count}', jsonb_build_object('retry_count', d.day * 10 + n.n)
      from generate_series(1, 10) as d (day)
      cross join generate_series(1, 3) as n (n)`,
    );
  const list = (filter: HistoryFilter, page = { limit: 100, offset: 0 }) =>
    listHistory(dataSource, 'execution', filter, page);

  it('tells of each change, newest first, with digests instead of results', async () => {
    const { rows, total } = await list({ entity_id: recent });
    expect(total).toBe(2);
    expect(rows).toMatchObject([
      {
        operation: 'UPDATE',
        entity_id: recent,
        entity_ref: 'history.recent',
        changed_fields: ['status', 'result'],
        old_values: { status: 'requested', result: null },
        new_values: { status: 'completed', result: { size: 20, type: 'object' } },
      },
      { operation: 'INSERT', changed_fields: [], old_values: null, new_values: { status: 'requested' } },
    ]);
    expect(JSON.stringify(rows)).toMatch(/"digest":"md5:[0-9a-f]{32}"/);
    expect(JSON.stringify(rows)).not.toContain('hidden');
  });

  it('filters by every field, all of them together', async () => {
    const count = async (filter: HistoryFilter) => (await list(filter)).total;
    expect(await count({ entity_ref: 'history.recent' })).toBe(2);
    expect(await count({ entity_ref: 'history.recent', operation: 'INSERT' })).toBe(1);
    expect(await count({ entity_ref: 'history.recent', changed_field: 'result' })).toBe(1);
    expect(await count({ entity_ref: 'history.recent', changed_field: 'worker' })).toBe(0);
    expect(await count({ entity_ref: 'history.long', changed_field: 'retry_count' })).toBe(30);
    expect(await count({ visible: sql`e.entity_ref = 'history.old'` })).toBe(2);
    expect((await listHistory(dataSource, 'worker', {}, { limit: 10, offset: 0 })).rows).toMatchObject([
      { operation: 'INSERT', entity_ref: 'history-worker' },
    ]);
  });

  it('takes both ends of a range, and ranges that hold nothing', async () => {
    const [change] = (await list({ entity_id: recent })).rows;
    const [exact] = await dataSource.query<[{ at: string }]>(
      `select to_char(h.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
       from execution_history as h where h.time > now() - interval '1 hour' and h.entity_id = $1 and h.operation = 'UPDATE'`,
      [recent],
    );
    expect((await list({ entity_id: recent, since: exact.at, until: exact.at })).rows).toEqual([change]);
    const at = (ms: number) => new Date(ms).toISOString();
    expect((await list({ until: at(Date.now() - 30 * 24 * HOUR_MS) })).total).toBe(0);
    expect((await list({ since: at(Date.now()), until: at(Date.now() - HOUR_MS) })).total).toBe(0);
    expect(
      (await list({ entity_id: recent, since: '0000-01-01T00:00:00Z', until: '9999-12-31T23:59:59Z' })).total,
    ).toBe(2);
    expect((await list({ entity_id: recent, until: '0000-01-01T00:00:00Z' })).total).toBe(0);
    expect((await list({ entity_id: -1 })).total).toBe(0);
    expect((await list({ entity_id: Number.MAX_SAFE_INTEGER })).total).toBe(0);
  });

  it('turns pages without a gap or a repetition, over days', async () => {
    const filter = { entity_ref: 'history.long' };
    const whole = await list(filter);
    expect(whole.rows.map(({ new_values: values }) => values?.['retry_count'])).toEqual(
      Array.from({ length: 30 }, (_, n) => (Math.floor(n / 3) + 1) * 10 + (n % 3) + 1),
    );
    for (const limit of [1, 4, 7, 30]) {
      const pages = [];
      for (let offset = 0; offset < 35; offset += limit) pages.push(await list(filter, { limit, offset }));
      expect(pages.flatMap(({ rows }) => rows)).toEqual(whole.rows);
      expect(pages.map(({ total }) => total)).toEqual(pages.map(() => 30));
    }
  });

  it('reads no chunk older than the execution', async () => {
    const statements = await recordStatements(dataSource, () => list({ entity_id: recent }));
    expect(statements).toHaveLength(2); // the page, and counting
    for (const statement of statements) {
      expect((await scannedChunks(dataSource, statement)).length).toBeLessThanOrEqual(3);
    }
  });
});
