import {
  chunksAhead,
  chunkStart,
  defaultPartition,
  missingPartitions,
  type Partition,
  type TimeSeriesTable,
} from '@attune/migrations';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Database, execute, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { verbatim } from './time-series-tables.js';

/** DDL waits this long for statements in flight, then gives up until the next run: behind it everybody else would queue. */
const LOCK_TIMEOUT_MS = 2_000;

/** Makes the partitions of the coming days; gives their names. For plain PostgreSQL. */
export async function addPartitionsAhead(dataSource: DataSource, table: TimeSeriesTable): Promise<string[]> {
  const partitions = await run<Partition>(dataSource, verbatim(missingPartitions(table, chunksAhead(table))));
  for (const partition of partitions) {
    await withLockTimeout(dataSource, async (db) => {
      await createDetached(db, table, partition);
      await attach(db, table, partition);
    });
  }
  return partitions.map(({ name }) => name);
}

/**
 * Gives rows that fell into the default partition, because maintenance had been away too long, partitions of their own;
 * gives the names of those. For plain PostgreSQL.
 */
export async function moveStrayRows(dataSource: DataSource, table: TimeSeriesTable): Promise<string[]> {
  const strays = defaultPartition(table);
  const starts = `select ${chunkStart(table, `s.${table.timeColumn}`)} from ${strays} as s`;
  const partitions = await run<Partition>(dataSource, verbatim(missingPartitions(table, starts)));
  for (const partition of partitions) {
    await withLockTimeout(dataSource, async (db) => {
      // Nobody may be looking for a row while it moves: an update that waited for it would then find none.
      await execute(db, verbatim(`lock table ${table.name} in access exclusive mode`));
      await createDetached(db, table, partition);
      // Rows move, nothing ends: without this, history would tell of a deletion.
      await execute(db, verbatim(`alter table ${strays} disable trigger user`));
      await execute(
        db,
        verbatim(`
          with moved as (
            delete from ${strays} as s
            where s.${table.timeColumn} >= '${partition.first}' and s.${table.timeColumn} < '${partition.last}'
            returning s.* -- into a table made like this one a moment ago
          )
          insert into ${partition.name} select m.* from moved as m`),
      );
      await execute(db, verbatim(`alter table ${strays} enable trigger user`));
      await attach(db, table, partition);
    });
  }
  return partitions.map(({ name }) => name);
}

/** Drops the partitions all of whose rows are older than the table's retention; gives their names. For plain PostgreSQL. */
export async function dropExpiredPartitions(dataSource: DataSource, table: TimeSeriesTable): Promise<string[]> {
  const expired = await run<{ name: string }>(
    dataSource,
    sql`
    select p.name
    from (
      select c.relname as name,
        -- the day in the name is where the partition begins, at midnight UTC
        to_timestamp(substring(c.relname from ${`^${table.name}_p(\\d{8})$`}) || ' +00', 'YYYYMMDD TZH')
          + make_interval(hours => ${table.chunk === '7 days' ? 168 : 24}) as ends
      from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
      where i.inhparent = ${table.name}::regclass
    ) as p
    join time_series_retention as r on r.table_name = ${table.name}
    where p.ends <= now() - r.keep
    order by p.name`,
  );
  for (const { name } of expired) {
    await withLockTimeout(dataSource, async (db) => {
      await execute(db, verbatim(`drop table ${name}`));
    });
  }
  return expired.map(({ name }) => name);
}

/** Drops the chunks all of whose rows are older than the table's retention; gives their names. For TimescaleDB's Apache edition. */
export async function dropExpiredChunks(db: Database, table: TimeSeriesTable): Promise<string[]> {
  const dropped = await run<{ name: string }>(
    db,
    sql`
    select d.name::text as name
    from time_series_retention as r
    cross join lateral drop_chunks(r.table_name::regclass, older_than => now() - r.keep) as d (name)
    where r.table_name = ${table.name} and r.keep is not null`,
  );
  return dropped.map(({ name }) => name);
}

/** Made apart and attached: "partition of" would lock the whole table while it builds the indexes. */
async function createDetached(db: EntityManager, table: TimeSeriesTable, { name }: Partition): Promise<void> {
  await execute(db, verbatim(`create table ${name} (like ${table.name} including all)`));
}

async function attach(db: EntityManager, table: TimeSeriesTable, { name, first, last }: Partition): Promise<void> {
  await execute(
    db,
    verbatim(`alter table ${table.name} attach partition ${name} for values from ('${first}') to ('${last}')`),
  );
}

function withLockTimeout(dataSource: DataSource, work: (db: EntityManager) => Promise<void>): Promise<void> {
  return dataSource.transaction(async (db) => {
    await run(db, sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true)`);
    await work(db);
  });
}
