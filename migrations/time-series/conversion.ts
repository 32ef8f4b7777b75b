import { type QueryRunner } from 'typeorm';
import { type DatabaseKind } from './database-kind.js';
import { chunksAhead, chunkStart, defaultPartition, missingPartitions, type Partition } from './partitions.js';
import { type TimeSeriesTable } from './tables.js';

/**
 * Turns an ordinary table, with its rows, into one that is cut by time. Indexes, triggers, defaults, checks and comments
 * survive; foreign keys must be gone already. No trigger fires for the rows that are moved.
 *
 * Cost: every row is written once more, under an exclusive lock.
 */
export async function convertToTimeSeries(q: QueryRunner, kind: DatabaseKind, table: TimeSeriesTable): Promise<void> {
  const { name, timeColumn, chunk, primaryKey } = table;
  switch (kind) {
    case 'timescale':
    case 'apache':
      if (primaryKey) await replacePrimaryKey(q, name, primaryKey.timeSeries);
      await q.query(`
        select create_hypertable(
          '${name}', by_range('${timeColumn}', interval '${chunk}'), migrate_data => true, create_default_indexes => false
        )`);
      break;
    case 'plain':
      await rebuild(q, table, primaryKey?.timeSeries, {
        suffix: ` partition by range (${timeColumn})`,
        prepare: (built) => createFirstPartitions(q, table, built),
      });
      break;
  }
  await q.query(`analyze ${name}`);
}

/** The way back: an ordinary table with the same rows, indexes and triggers, and the primary key it had before. */
export async function convertToOrdinaryTable(q: QueryRunner, table: TimeSeriesTable): Promise<void> {
  await rebuild(q, table, table.primaryKey?.ordinary, { suffix: '', prepare: () => Promise.resolve() });
  await q.query(`analyze ${table.name}`);
}

/** Not at once: right after an upgrade the services start, and other migrations may want the same locks. */
const FIRST_RUN = `initial_start => now() + interval '1 hour'`;

/**
 * Compression and retention. Comes after everything else that alters the table: once the columnstore is on, TimescaleDB
 * refuses most other alterations.
 */
export async function addPolicies(q: QueryRunner, kind: DatabaseKind, table: TimeSeriesTable): Promise<void> {
  const { name, segmentBy, orderBy, compressAfter, keep } = table;
  switch (kind) {
    case 'timescale':
      await q.query(`
        alter table ${name} set (
          timescaledb.enable_columnstore = true,
          timescaledb.segmentby = '${segmentBy}',
          timescaledb.orderby = '${orderBy}'
        )`);
      await q.query(`
        call add_columnstore_policy('${name}', after => interval '${compressAfter}', ${FIRST_RUN})`);
      await q.query(`select add_retention_policy('${name}', drop_after => interval '${keep}', ${FIRST_RUN})`);
      break;
    case 'apache': // no compression; the executor's maintenance drops chunks and partitions
    case 'plain':
      await q.query(`insert into time_series_retention (table_name, keep) values ('${name}', interval '${keep}')`);
      break;
  }
}

/** Undoes `addPolicies` where that is not part of dropping the table. */
export async function removePolicies(q: QueryRunner, kind: DatabaseKind, table: TimeSeriesTable): Promise<void> {
  if (kind === 'timescale') return; // policies and settings go with the hypertable
  await q.query(`delete from time_series_retention as r where r.table_name = '${table.name}'`);
}

async function replacePrimaryKey(q: QueryRunner, name: string, columns: string): Promise<void> {
  await q.query(`
    alter table ${name}
      drop constraint ${name}_pkey,
      add constraint ${name}_pkey primary key (${columns})`);
}

interface Shape {
  /** What follows the column list. */
  readonly suffix: string;
  /** Runs between creating the new table and filling it. */
  readonly prepare: (built: string) => Promise<void>;
}

/** PostgreSQL cannot change whether a table is partitioned, so a second one is built, filled and given the name. */
async function rebuild(q: QueryRunner, table: TimeSeriesTable, key: string | undefined, shape: Shape): Promise<void> {
  const { name } = table;
  const built = `${name}_rebuilt`;
  const dependents = await definitionsOf(q, name);
  const columns = await columnsOf(q, name);
  await q.query(`create table ${built} (like ${name} including all excluding indexes)${shape.suffix}`);
  await shape.prepare(built);
  await q.query(`insert into ${built} (${columns}) select ${columns} from ${name}`);
  await q.query(`drop table ${name}`);
  await q.query(`alter table ${built} rename to ${name}`);
  if (key !== undefined) await q.query(`alter table ${name} add constraint ${name}_pkey primary key (${key})`);
  for (const definition of dependents) await q.query(definition);
}

async function createFirstPartitions(q: QueryRunner, table: TimeSeriesTable, parent: string): Promise<void> {
  await q.query(`create table ${defaultPartition(table)} partition of ${parent} default`);
  const starts = `
    select ${chunkStart(table, `r.${table.timeColumn}`)} from ${table.name} as r
    union
    ${chunksAhead(table)}`;
  const partitions = (await q.query(missingPartitions(table, starts))) as Partition[];
  for (const { name, first, last } of partitions) {
    await q.query(`create table ${name} partition of ${parent} for values from ('${first}') to ('${last}')`);
  }
}

async function columnsOf(q: QueryRunner, name: string): Promise<string> {
  const [row] = (await q.query(
    `select string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_attribute as a
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
    [name],
  )) as { columns: string }[];
  return row?.columns ?? '';
}

/** What `like` does not copy: indexes (except the primary key's), triggers, and the comments on them and on the table. */
async function definitionsOf(q: QueryRunner, name: string): Promise<string[]> {
  const rows = (await q.query(
    `
    with index_of as (
      -- of a partitioned table the catalog gives "on only", which would leave the partitions without it
      select c.oid, c.relname as name, replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ') as definition
      from pg_index as i join pg_class as c on c.oid = i.indexrelid
      where i.indrelid = $1::regclass and not i.indisprimary
    ), trigger_of as (
      select t.oid, t.tgname as name, pg_get_triggerdef(t.oid) as definition
      from pg_trigger as t
      where t.tgrelid = $1::regclass and not t.tgisinternal
    )
    select 1 as step, i.name, i.definition from index_of as i
    union all
    select 2, t.name, t.definition from trigger_of as t
    union all
    select 3, i.name, format('comment on index %I is %L', i.name, obj_description(i.oid, 'pg_class'))
    from index_of as i where obj_description(i.oid, 'pg_class') is not null
    union all
    select 3, t.name, format('comment on trigger %I on %I is %L', t.name, $1::text, obj_description(t.oid, 'pg_trigger'))
    from trigger_of as t where obj_description(t.oid, 'pg_trigger') is not null
    union all
    select 3, '', format('comment on table %I is %L', $1::text, obj_description($1::regclass, 'pg_class'))
    where obj_description($1::regclass, 'pg_class') is not null
    order by 1, 2`,
    [name],
  )) as { definition: string }[];
  return rows.map(({ definition }) => definition);
}
