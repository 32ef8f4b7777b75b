import { type QueryRunner } from 'typeorm';
import { type DatabaseKind } from './database-kind.js';
import { type TimeSeriesTable } from './tables.js';

interface Dimension {
  readonly name: string;
  /** SQL over the source table, whose alias is `s`. */
  readonly expression: string;
  readonly type: 'text' | 'execution_status';
}

/** Rows of a time-series table, counted by hour and by what distinguishes them. */
export interface HourlyAggregate {
  readonly name:
    | 'execution_status_hourly'
    | 'execution_throughput_hourly'
    | 'event_volume_hourly'
    | 'worker_status_hourly'
    | 'enforcement_volume_hourly'
    | 'execution_volume_hourly';
  readonly source: TimeSeriesTable['name'];
  readonly timeColumn: TimeSeriesTable['timeColumn'];
  readonly dimensions: readonly Dimension[];
  /** Name of the counting column. */
  readonly count: string;
  /** SQL: which rows count. Null: all. */
  readonly filter: string | null;
  /** How far back a refresh looks for changes; must stay well inside the source's retention. */
  readonly refreshStart: '7 days' | '30 days';
  readonly refreshEvery: '30 minutes' | '1 hour';
}

/** The last hour is not materialised: it still changes, and is counted live. */
const REFRESH_END = '1 hour';

/** Into which status how many executions went: creation counts as going into the first one. */
export const EXECUTION_STATUS_HOURLY: HourlyAggregate = {
  name: 'execution_status_hourly',
  source: 'execution_history',
  timeColumn: 'time',
  dimensions: [
    { name: 'action_ref', expression: 's.entity_ref', type: 'text' },
    { name: 'status', expression: `s.new_values ->> 'status'`, type: 'text' },
  ],
  count: 'transition_count',
  filter: `s.new_values ->> 'status' is not null`,
  refreshStart: '7 days',
  refreshEvery: '30 minutes',
};

/** How many executions were started. */
export const EXECUTION_THROUGHPUT_HOURLY: HourlyAggregate = {
  name: 'execution_throughput_hourly',
  source: 'execution_history',
  timeColumn: 'time',
  dimensions: [{ name: 'action_ref', expression: 's.entity_ref', type: 'text' }],
  count: 'execution_count',
  filter: `s.operation = 'INSERT'`,
  refreshStart: '7 days',
  refreshEvery: '30 minutes',
};

export const EVENT_VOLUME_HOURLY: HourlyAggregate = {
  name: 'event_volume_hourly',
  source: 'event',
  timeColumn: 'created',
  dimensions: [{ name: 'trigger_ref', expression: 's.trigger_ref', type: 'text' }],
  count: 'event_count',
  filter: null,
  refreshStart: '7 days',
  refreshEvery: '30 minutes',
};

/** Into which status how many workers went. */
export const WORKER_STATUS_HOURLY: HourlyAggregate = {
  name: 'worker_status_hourly',
  source: 'worker_history',
  timeColumn: 'time',
  dimensions: [
    { name: 'worker_name', expression: 's.entity_ref', type: 'text' },
    { name: 'status', expression: `s.new_values ->> 'status'`, type: 'text' },
  ],
  count: 'transition_count',
  filter: `s.new_values ->> 'status' is not null`,
  refreshStart: '30 days',
  refreshEvery: '1 hour',
};

export const ENFORCEMENT_VOLUME_HOURLY: HourlyAggregate = {
  name: 'enforcement_volume_hourly',
  source: 'enforcement',
  timeColumn: 'created',
  dimensions: [{ name: 'rule_ref', expression: 's.rule_ref', type: 'text' }],
  count: 'enforcement_count',
  filter: null,
  refreshStart: '7 days',
  refreshEvery: '30 minutes',
};

/** Executions by the hour in which they were created and the status they have now. */
export const EXECUTION_VOLUME_HOURLY: HourlyAggregate = {
  name: 'execution_volume_hourly',
  source: 'execution',
  timeColumn: 'created',
  dimensions: [
    { name: 'action_ref', expression: 's.action_ref', type: 'text' },
    { name: 'status', expression: 's.status', type: 'execution_status' },
  ],
  count: 'execution_count',
  filter: null,
  refreshStart: '7 days',
  refreshEvery: '30 minutes',
};

export const HOURLY_AGGREGATES: readonly HourlyAggregate[] = [
  EXECUTION_STATUS_HOURLY,
  EXECUTION_THROUGHPUT_HOURLY,
  EVENT_VOLUME_HOURLY,
  WORKER_STATUS_HOURLY,
  ENFORCEMENT_VOLUME_HOURLY,
  EXECUTION_VOLUME_HOURLY,
];

/** SQL: the hour of the time `expression`, in UTC. */
export const hourOf = (expression: string): string =>
  `date_bin('1 hour', ${expression}, timestamptz '2000-01-01 00:00:00+00')`;

/** Creates the relation `aggregate.name`; its columns are the same on every kind of database. */
export async function createAggregate(q: QueryRunner, kind: DatabaseKind, aggregate: HourlyAggregate): Promise<void> {
  switch (kind) {
    case 'timescale':
      return createContinuousAggregate(q, aggregate);
    case 'apache':
    case 'plain':
      return createRollup(q, aggregate);
  }
}

export async function dropAggregate(q: QueryRunner, kind: DatabaseKind, { name }: HourlyAggregate): Promise<void> {
  switch (kind) {
    case 'timescale':
      await q.query(`drop materialized view ${name}`); // its policy goes with it
      await q.query(`
        select delete_job(j.job_id) from timescaledb_information.jobs as j
        where j.proc_name = 'time_series_backfill' and j.config ->> 'aggregate' = '${name}'`);
      break;
    case 'apache':
    case 'plain':
      await q.query(`drop function refresh_${name}(timestamptz, timestamptz)`);
      await q.query(`drop view ${name}`);
      await q.query(`drop table ${name}_rollup`);
      break;
  }
}

/** Real-time: what is not materialised yet is counted when asked for, so a dashboard shows the last minute too. */
async function createContinuousAggregate(q: QueryRunner, aggregate: HourlyAggregate): Promise<void> {
  const { name, source, timeColumn, refreshStart, refreshEvery } = aggregate;
  await q.query(`
    create materialized view ${name}
    with (timescaledb.continuous, timescaledb.materialized_only = false) as
    ${countByHour(aggregate, `time_bucket('1 hour', s.${timeColumn})`, null)}
    with no data -- filling it cannot be done in a transaction`);
  await q.query(`
    select add_continuous_aggregate_policy(
      '${name}',
      start_offset => interval '${refreshStart}',
      end_offset => interval '${REFRESH_END}',
      schedule_interval => interval '${refreshEvery}',
      initial_start => now() + interval '${refreshEvery}' -- until then everything is counted live
    )`);
  await scheduleBackfill(q, aggregate, source);
}

/**
 * The policy never looks further back than `refreshStart`, yet its first run moves the line between "materialised" and
 * "counted live" up to the present: hours before its window would then be in neither part. Where such rows exist, a job
 * that starts at once, in the background, materialises them once and switches itself off.
 */
async function scheduleBackfill(q: QueryRunner, aggregate: HourlyAggregate, source: string): Promise<void> {
  await q.query(`
    select add_job('time_series_backfill', interval '1 hour' /* after a failure */, config => '{"aggregate": "${aggregate.name}"}')
    where exists (
      select from ${source} as s where s.${aggregate.timeColumn} < now() - interval '${aggregate.refreshStart}'
    )`);
}

export const BACKFILL_PROCEDURE = `
  create procedure time_series_backfill(job_id integer, config jsonb)
  language plpgsql
  as $$
  begin
    call refresh_continuous_aggregate((config ->> 'aggregate')::regclass, null, now() - interval '${REFRESH_END}');
    perform alter_job(job_id, scheduled => false); -- a job that deletes itself is cancelled, and its work with it
  end
  $$`;

/**
 * A table of finished hours, and a view of it together with a live count of everything newer. The `watermark` of the
 * source (table rollup_source) is the line between the two.
 */
async function createRollup(q: QueryRunner, aggregate: HourlyAggregate): Promise<void> {
  const { name, source, timeColumn, dimensions, count } = aggregate;
  const columns = ['bucket', ...dimensions.map((dimension) => dimension.name), count].join(', ');
  const hour = hourOf(`s.${timeColumn}`);
  const watermark = `(select w.watermark from rollup_source as w where w.source = '${source}')`;
  await q.query(`
    create table ${name}_rollup (
      bucket timestamptz not null,
      ${dimensions.map((dimension) => `${dimension.name} ${dimension.type},`).join('\n      ')}
      ${count} bigint not null,
      -- not a primary key: a reference may be null
      constraint ${name}_rollup_key unique nulls not distinct (bucket, ${dimensions.map((d) => d.name).join(', ')})
    )`);
  await q.query(`
    create view ${name} as
    select ${columns} from ${name}_rollup where bucket < ${watermark}
    union all
    ${countByHour(aggregate, hour, `s.${timeColumn} >= ${watermark}`)}`);
  await q.query(`
    create function refresh_${name}(first timestamptz, until timestamptz) returns void
    language sql
    begin atomic
      delete from ${name}_rollup as r where r.bucket >= first and r.bucket < until;
      insert into ${name}_rollup (${columns})
      ${countByHour(aggregate, hour, `s.${timeColumn} >= first and s.${timeColumn} < until`)};
    end`);
  await q.query(
    `comment on function refresh_${name}(timestamptz, timestamptz) is 'counts whole hours [first, until) anew'`,
  );
}

function countByHour(aggregate: HourlyAggregate, hour: string, range: string | null): string {
  const { source, dimensions, count, filter } = aggregate;
  const conditions = [range, filter].filter((condition) => condition !== null);
  return `
    select ${[`${hour} as bucket`, ...dimensions.map((d) => `${d.expression} as ${d.name}`)].join(', ')}, count(*) as ${count}
    from ${source} as s
    ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
    group by ${[1, ...dimensions.map((_, index) => index + 2)].join(', ')}`;
}
