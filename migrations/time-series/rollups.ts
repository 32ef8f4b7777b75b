import { type QueryRunner } from 'typeorm';
import { hourOf } from './hourly-aggregates.js';
import { type TimeSeriesTable } from './tables.js';

/**
 * What the databases without continuous aggregates need: how far each source is counted, and which hours before that
 * changed afterwards.
 *
 * `tracked_until` runs ahead of `watermark`. A refresh first moves it and commits, waits until every transaction that
 * could have missed that has ended, and only then counts; so each change is either counted or noted.
 */
export async function createRollupState(q: QueryRunner): Promise<void> {
  await q.query(`
    create table rollup_source (
      source text not null,
      watermark timestamptz not null default '-infinity',
      tracked_until timestamptz not null default '-infinity',
      refreshed_at timestamptz,
      constraint rollup_source_pkey primary key (source)
    )`);
  await q.query(`comment on table rollup_source is 'a table that is summed up by hour, and how far that has got'`);
  await q.query(
    `comment on column rollup_source.watermark is 'hours before it are read from the rollup tables, later rows are counted live'`,
  );
  await q.query(
    `comment on column rollup_source.tracked_until is 'changes to rows before it are noted in rollup_late_change'`,
  );
  // No primary key: writers only ever append, and must not wait for each other over the same hour.
  await q.query(`create table rollup_late_change (source text not null, bucket timestamptz not null)`);
  await q.query(`create index rollup_late_change_source_idx on rollup_late_change (source)`);
  await q.query(
    `comment on table rollup_late_change is 'hours to count anew, because rows in them changed; repeats are normal'`,
  );
}

export async function dropRollupState(q: QueryRunner): Promise<void> {
  await q.query(`drop table rollup_late_change, rollup_source`);
}

/** Notes changes to hours that are counted already: one cheap statement per statement on the source. */
export async function trackLateChanges(q: QueryRunner, { name, timeColumn }: TimeSeriesTable): Promise<void> {
  await q.query(`insert into rollup_source (source) values ('${name}')`);
  await q.query(`
    create function note_late_${name}() returns trigger
    language plpgsql
    as $$
    begin
      insert into rollup_late_change (source, bucket)
      select distinct '${name}', ${hourOf(`c.${timeColumn}`)}
      from changed_rows as c
      where c.${timeColumn} < (select s.tracked_until from rollup_source as s where s.source = '${name}');
      return null;
    end
    $$`);
  for (const [event, transition] of LATE_CHANGE_EVENTS) {
    await q.query(`
      create trigger ${name}_late_${event}
        after ${event} on ${name}
        referencing ${transition} as changed_rows
        for each statement
        execute function note_late_${name}()`);
  }
}

export async function stopTrackingLateChanges(q: QueryRunner, { name }: TimeSeriesTable): Promise<void> {
  for (const [event] of LATE_CHANGE_EVENTS) await q.query(`drop trigger ${name}_late_${event} on ${name}`);
  await q.query(`drop function note_late_${name}()`);
  await q.query(`delete from rollup_late_change as c where c.source = '${name}'`);
  await q.query(`delete from rollup_source as s where s.source = '${name}'`);
}

/** The time column never changes, so of an update either side would do. */
const LATE_CHANGE_EVENTS = [
  ['insert', 'new table'],
  ['update', 'new table'],
  ['delete', 'old table'],
] as const;
