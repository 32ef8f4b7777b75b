import { firstTimeIdAt } from '@attune/engine';
import { createTestDatabase, testKinds } from '@attune/testing';
import { createDataSource } from '../database/data-source.js';
import { run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { moveStrayRows } from '../timeseries/partitions.js';
import { TIME_SERIES_TABLES } from '../timeseries/time-series-tables.js';
import { findExecution } from './executions.repository.js';

const DAY_MS = 86_400_000;

describe.each(testKinds())('reading one execution (%s)', (kind) => {
  it('is planned for its own partition each time, although it is parsed once', async () => {
    const database = await createTestDatabase({ kind });
    const dataSource = await createDataSource({ url: database.url, poolSize: 1 }).initialize();
    const now = Date.now();
    const ids = [1, 3, 5, 7, 9, 11, 13, 15].map((days) => firstTimeIdAt(now - days * DAY_MS));
    const readAll = async (read: readonly number[]) => {
      for (const id of read) expect((await findExecution(dataSource, id))?.id).toBe(id);
    };
    const plans = () =>
      run<{ generic: number; custom: number }>(
        dataSource,
        sql`
        select p.generic_plans::int as generic, p.custom_plans::int as custom
        from pg_prepared_statements as p
        where p.statement like '%from execution as e where e.id =%'`,
      );
    // A connection that read while there was hardly a partition has to notice that there are more.
    for (const [index, id] of ids.entries()) {
      await run(
        dataSource,
        sql`insert into execution (id, created, action_ref) values (${id}, time_id_created(${id}), 'demo.run')`,
      );
      if (kind === 'plain') for (const table of TIME_SERIES_TABLES) await moveStrayRows(dataSource, table);
      await readAll([...ids.slice(0, index + 1), id, id, id, id, id, id]);
    }
    await readAll(ids);
    const [before] = await plans();
    await readAll([...ids, ...ids]);
    expect(await plans()).toEqual([{ generic: before?.generic, custom: (before?.custom ?? 0) + 2 * ids.length }]);
    await dataSource.destroy();
    await database.drop();
  });
});
