import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { moveStrayRows } from '../timeseries/partitions.js';
import { TIME_SERIES_TABLES } from '../timeseries/time-series-tables.js';
import { listEvents } from './events.repository.js';
import { listHistory } from './history.repository.js';
import { recordStatements, scannedChunks } from './recorded-statements.fixture.js';

/** Of each of five past days. */
const A_DAY = 4_200;

describe.each(testKinds())('late pages (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let newestFirst: number[];

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
    const rows = await dataSource.query<{ id: number }[]>(
      `with made as (
         select (extract(epoch from date_trunc('day', now(), 'UTC') - d.day * interval '1 day') - 1735689600)::bigint * 4096000
           + n.n::bigint * 4096 * 17000 as id
         from generate_series(1, 5) as d (day)
         cross join generate_series(1, ${A_DAY}) as n (n)
       ), stored as (
         insert into event (id, created, trigger_ref) select m.id, time_id_created(m.id), 'late.trigger' from made as m
       ), remembered as (
         insert into execution_history (time, operation, entity_id, entity_ref, changed_fields)
         select time_id_created(m.id), 'UPDATE', m.id, 'late.action', '{}' from made as m
       )
       select m.id from made as m order by m.id desc`,
    );
    newestFirst = rows.map(({ id }) => id);
    if (kind === 'plain') for (const table of TIME_SERIES_TABLES) await moveStrayRows(dataSource, table);
  }, 60_000);

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it.each([16_790, 20_000, 20_499, 20_990, 20_999, 21_000, 90_000])(
    'from row %i on hold what is there',
    async (offset) => {
      const expected = newestFirst.slice(offset, offset + 10);
      const events = await listEvents(dataSource, {}, { limit: 10, offset });
      expect(events.rows.map(({ id }) => id)).toEqual(expected);
      expect(events).toMatchObject({ hasNext: offset + 10 < newestFirst.length, total: null });
      const history = await listHistory(dataSource, 'execution', { entity_ref: 'late.action' }, { limit: 10, offset });
      expect(history.rows.map(({ entity_id: id }) => id)).toEqual(expected);
      expect(history.total).toBe(newestFirst.length);
    },
  );

  it('are read from their own day', async () => {
    const page = { limit: 10, offset: 20_900 };
    for (const list of [() => listEvents(dataSource, {}, page), () => listHistory(dataSource, 'execution', {}, page)]) {
      const [counting, ...reading] = await recordStatements(dataSource, list);
      expect(counting?.text).toContain('count(*)');
      for (const statement of reading) expect(await scannedChunks(dataSource, statement)).toHaveLength(1);
    }
  });

  it('are counted like the first ones', async () => {
    const [first, late] = [0, 20_005].map((offset) =>
      listEvents(dataSource, { trigger_ref: 'late.*' }, { limit: 5, offset, includeTotal: true }),
    );
    expect((await first)?.total).toBe(newestFirst.length);
    expect((await late)?.rows.map(({ id }) => id)).toEqual(newestFirst.slice(20_005, 20_010));
  });
});
