import { sql, type Sql } from '../database/sql.js';
import { HOURLY_AGGREGATES, verbatim } from '../timeseries/time-series-tables.js';
import { type RetentionTarget } from './retention-settings.js';

/** Rows that are removed one batch after the other, oldest first. Their alias is `r`. */
export interface RowTarget {
  /** Whose limit holds. */
  readonly target: RetentionTarget;
  /** Name of the table. */
  readonly table: string;
  /** What is as old as the limit says. */
  readonly age: Sql;
  /** Which of the old ones may go. */
  readonly mayGo: Sql;
}

const ANY = sql`true`;

/** Of every kind of database. */
export const ROW_TARGETS: readonly RowTarget[] = [
  { target: 'notifications', table: 'notification', age: sql`r.created`, mayGo: ANY },
  { target: 'webhook_event_logs', table: 'webhook_event_log', age: sql`r.created`, mayGo: ANY },
  {
    target: 'inquiries',
    table: 'inquiry',
    age: sql`r.updated`,
    mayGo: sql`r.status in ('responded', 'timeout', 'cancelled')`,
  },
  { target: 'pack_test_executions', table: 'pack_test_execution', age: sql`r.execution_time`, mayGo: ANY },
  {
    target: 'execution_admission',
    table: 'execution_admission_state',
    // Whoever adds an entry changes the group in the same transaction, so an old group is one that nobody is at.
    age: sql`r.updated`,
    mayGo: sql`r.wake_at is null
      and not exists (select from execution_admission_entry as entry where entry.state = r.id)`,
  },
  {
    target: 'workers',
    table: 'worker',
    age: sql`r.updated`,
    mayGo: sql`r.status in ('inactive', 'error') and not r.cordoned
      and not exists (select from dispatch as d where d.worker = r.id)`, // those would go with it
  },
  // What is left of executions and enforcements, whose rows go by the chunk.
  {
    target: 'executions',
    table: 'execution_secret_value',
    age: sql`r.created`,
    mayGo: sql`r.entity_type::text like 'execution%'`,
  },
  {
    target: 'enforcements',
    table: 'execution_secret_value',
    age: sql`r.created`,
    mayGo: sql`r.entity_type::text like 'enforcement%'`,
  },
];

/** Of databases whose hourly sums are tables. */
export const ROLLUP_TARGETS: readonly RowTarget[] = HOURLY_AGGREGATES.map(({ name }) => ({
  target: 'continuous_aggregates',
  table: `${name}_rollup`,
  age: sql`r.bucket`,
  mayGo: ANY,
}));

const olderThan = ({ age, mayGo }: RowTarget, seconds: number): Sql =>
  sql`${age} < now() - ${seconds}::float8 * interval '1 second' and ${mayGo}`;

/** How many rows would go. */
export const countOldRows = (target: RowTarget, seconds: number): Sql =>
  sql`select count(*) as count from ${verbatim(target.table)} as r where ${olderThan(target, seconds)}`;

/** Removes the oldest rows, `limit` at most; those somebody is at are left for the next time. */
export const deleteOldRows = (target: RowTarget, seconds: number, limit: number): Sql => sql`
  delete from ${verbatim(target.table)} as gone
  where gone.ctid = any(array(
    select r.ctid
    from ${verbatim(target.table)} as r
    where ${olderThan(target, seconds)}
    order by ${target.age}
    limit ${limit}
    for update skip locked
  ))`;
