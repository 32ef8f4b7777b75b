import { type TimeSeriesTable } from '@attune/migrations';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Database, execute, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { sqlStateOf } from '../database/sqlstate.js';
import { DomainError } from '../errors/domain-error.js';
import { databaseCapabilities } from './database-capabilities.js';
import { aggregatesOf, findTimeSeriesTable, TIME_SERIES_TABLES } from './time-series-tables.js';

/** How long a table keeps its rows. */
export interface Retention {
  readonly table: string;
  /** A PostgreSQL interval; null: for ever. */
  readonly keep: string | null;
}

/** invalid_datetime_format and datetime_field_overflow: what PostgreSQL says of a text that is no interval. */
const NOT_AN_INTERVAL: ReadonlySet<string | undefined> = new Set(['22007', '22008', '22015']);

/**
 * Changes how long a table keeps its rows: where TimescaleDB has policies, the policy; elsewhere the stored interval that
 * the executor's maintenance reads. Older rows go at the next run, a whole chunk at a time. Safe to call twice.
 *
 * @param keep a PostgreSQL interval such as `30 days`; null: for ever
 * @throws DomainError no such table, not an interval, or so short that a refresh of the hourly aggregates would reach past
 *   it: the refresh would find nothing there and erase the sums of those hours
 */
export async function setRetention(dataSource: DataSource, tableName: string, keep: string | null): Promise<Retention> {
  const table = findTimeSeriesTable(tableName);
  if (!table) {
    const known = TIME_SERIES_TABLES.map(({ name }) => name).join(', ');
    throw new DomainError('database.not_found', `no time-series table "${tableName}": there are ${known}`);
  }
  return dataSource.transaction((db) => setRetentionIn(db, table, keep));
}

/** The same in a transaction of the caller. @throws DomainError as above */
export async function setRetentionIn(
  db: EntityManager,
  table: TimeSeriesTable,
  keep: string | null,
): Promise<Retention> {
  if (keep !== null) await refuseShortRetention(db, table, keep);
  const { policies } = await databaseCapabilities(db);
  if (policies) await setPolicy(db, table.name, keep);
  else await storeRetention(db, table.name, keep);
  return { table: table.name, keep };
}

/** How long (s) each time-series table keeps its rows, by the name of the table; null: for ever. */
export async function readRetention(db: Database): Promise<ReadonlyMap<string, number | null>> {
  const names = TIME_SERIES_TABLES.map(({ name }) => name);
  const { policies } = await databaseCapabilities(db);
  const rows = await run<{ name: string; seconds: number | null }>(
    db,
    policies
      ? sql`
        select t.name, extract(epoch from (
          select max((j.config ->> 'drop_after')::interval)
          from timescaledb_information.jobs as j
          where j.proc_name = 'policy_retention' and j.hypertable_schema = current_schema() and j.hypertable_name = t.name
        ))::bigint as seconds
        from unnest(${names}::text[]) as t (name)`
      : sql`
        select r.table_name as name, extract(epoch from r.keep)::bigint as seconds
        from time_series_retention as r
        where r.table_name = any(${names}::text[])`,
  );
  return new Map(rows.map(({ name, seconds }) => [name, seconds]));
}

/** Lets the retention policies of TimescaleDB run, or pauses them. Nothing to do where there are none. */
export async function schedulePolicies(db: EntityManager, areOn: boolean): Promise<void> {
  const { policies } = await databaseCapabilities(db);
  if (!policies) return;
  const names = TIME_SERIES_TABLES.map(({ name }) => name);
  await run(
    db,
    sql`
    select alter_job(j.job_id, scheduled => ${areOn})
    from timescaledb_information.jobs as j
    where j.proc_name = 'policy_retention' and j.hypertable_schema = current_schema()
      and j.hypertable_name = any(${names}::text[]) and j.scheduled <> ${areOn}`,
  );
}

/** The shortest allowed: the longest window of the table's aggregates, and the chunk that the window begins in. */
async function refuseShortRetention(db: EntityManager, { name, chunk }: TimeSeriesTable, keep: string): Promise<void> {
  const windows = aggregatesOf(name).map((aggregate) => aggregate.refreshStart);
  const [limit] = await run<{ isShort: boolean; shortest: string }>(
    db,
    sql`
    select ${keep}::interval < s.shortest as "isShort", s.shortest::text as shortest
    from (
      select coalesce(max(w.reach::interval), interval '0') + ${chunk}::interval as shortest from unnest(${windows}::text[]) as w (reach)
    ) as s`,
  ).catch((error: unknown) => {
    if (!NOT_AN_INTERVAL.has(sqlStateOf(error))) throw error;
    throw new DomainError('database.invalid', `"${keep}" is not an interval: write for example "30 days"`);
  });
  if (limit?.isShort !== true) return;
  throw new DomainError(
    'database.invalid',
    `${name} must be kept for at least ${limit.shortest}${
      windows.length === 0
        ? ': rows go by the chunk'
        : ': its hourly aggregates are refreshed that far back and would lose the hours whose rows are gone'
    }`,
  );
}

async function storeRetention(db: EntityManager, name: string, keep: string | null): Promise<void> {
  await execute(db, sql`update time_series_retention as r set keep = ${keep}::interval where r.table_name = ${name}`);
}

/** Changes the policy in place, so that its schedule stays; adds or removes it when it has to. */
async function setPolicy(db: EntityManager, name: string, keep: string | null): Promise<void> {
  if (keep === null) {
    await run(db, sql`select remove_retention_policy(${name}::regclass, if_exists => true)`);
    return;
  }
  const changed = await run(
    db,
    sql`
    select alter_job(j.job_id, config => jsonb_set(j.config, '{drop_after}', to_jsonb(${keep}::interval::text)))
    from timescaledb_information.jobs as j
    where j.proc_name = 'policy_retention' and j.hypertable_schema = current_schema() and j.hypertable_name = ${name}`,
  );
  if (changed.length > 0) return;
  await run(db, sql`select add_retention_policy(${name}::regclass, drop_after => ${keep}::interval)`);
}
