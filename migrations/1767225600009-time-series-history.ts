import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addPolicies, convertToOrdinaryTable, convertToTimeSeries, removePolicies } from './time-series/conversion.js';
import { existingKind, prepareDatabase } from './time-series/database-kind.js';
import { addForeignKey } from './time-series/foreign-keys.js';
import {
  HISTORY_DIGEST_FUNCTION,
  historyFunction,
  historyTriggers,
  RECORDED_EXECUTION,
  RECORDED_WORKER,
} from './time-series/history-triggers.js';
import {
  BACKFILL_PROCEDURE,
  createAggregate,
  dropAggregate,
  ENFORCEMENT_VOLUME_HOURLY,
  EVENT_VOLUME_HOURLY,
  EXECUTION_STATUS_HOURLY,
  EXECUTION_THROUGHPUT_HOURLY,
  WORKER_STATUS_HOURLY,
} from './time-series/hourly-aggregates.js';
import {
  createRollupState,
  dropRollupState,
  stopTrackingLateChanges,
  trackLateChanges,
} from './time-series/rollups.js';
import { ENFORCEMENT, EVENT, EXECUTION_HISTORY, type TimeSeriesTable, WORKER_HISTORY } from './time-series/tables.js';

const TABLES: readonly TimeSeriesTable[] = [EXECUTION_HISTORY, WORKER_HISTORY, EVENT, ENFORCEMENT];

const AGGREGATES = [
  EXECUTION_STATUS_HOURLY,
  EXECUTION_THROUGHPUT_HOURLY,
  EVENT_VOLUME_HOURLY,
  WORKER_STATUS_HOURLY,
  ENFORCEMENT_VOLUME_HOURLY,
];

/**
 * History of executions and workers, written by triggers so that nothing can bypass it; `event` and `enforcement` become
 * time series; five hourly aggregates.
 *
 * On which kind of database: DatabaseKind. A relation has the same name and columns on all of them.
 * The tables lose their foreign keys, in both directions: nothing may point at a hypertable, and deleting a trigger or a
 * rule must not rewrite months of compressed chunks. The textual refs are the lasting link; an id may dangle.
 * Cost: `event` and `enforcement` are written once more under an exclusive lock (minutes for tens of millions of rows).
 * Safe to roll back: yes. Rows and constraints come back, history and aggregates are dropped, and the extension stays,
 * because others may use it. See addForeignKey for ids whose target retention has removed.
 */
export class TimeSeriesHistory1767225600009 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    const kind = await prepareDatabase(q);
    if (kind !== 'timescale') await this.createMaintenanceTables(q);
    await this.createHistoryTables(q);
    await this.dropForeignKeys(q);
    for (const table of TABLES) await convertToTimeSeries(q, kind, table);
    await this.recordHistory(q);
    if (kind === 'timescale') await q.query(BACKFILL_PROCEDURE);
    else for (const table of TABLES) await trackLateChanges(q, table);
    for (const table of TABLES) await addPolicies(q, kind, table);
    for (const aggregate of AGGREGATES) await createAggregate(q, kind, aggregate);
  }

  async down(q: QueryRunner): Promise<void> {
    const kind = await existingKind(q);
    for (const aggregate of AGGREGATES.toReversed()) await dropAggregate(q, kind, aggregate);
    for (const table of TABLES) await removePolicies(q, kind, table);
    if (kind === 'timescale') await q.query(`drop procedure time_series_backfill(integer, jsonb)`);
    else for (const table of TABLES) await stopTrackingLateChanges(q, table);
    await this.stopRecordingHistory(q);
    await q.query(`drop table execution_history`);
    await q.query(`drop table worker_history`);
    await convertToOrdinaryTable(q, ENFORCEMENT);
    await convertToOrdinaryTable(q, EVENT);
    await this.addForeignKeys(q);
    if (kind !== 'timescale') await this.dropMaintenanceTables(q);
  }

  /** Where TimescaleDB keeps policies and aggregates itself, these do not exist. */
  private async createMaintenanceTables(q: QueryRunner): Promise<void> {
    await q.query(`
      create table time_series_retention (
        table_name text not null,
        keep interval,
        constraint time_series_retention_pkey primary key (table_name),
        constraint time_series_retention_keep_check check (keep > interval '0')
      )`);
    await q.query(
      `comment on table time_series_retention is 'how long maintenance keeps the rows of each time-series table'`,
    );
    await q.query(`comment on column time_series_retention.keep is 'null: for ever'`);
    await createRollupState(q);
  }

  private async dropMaintenanceTables(q: QueryRunner): Promise<void> {
    await dropRollupState(q);
    await q.query(`drop table time_series_retention`);
  }

  /**
   * No primary key: rows are only ever appended and read by entity or by time, and a unique index over time would be one
   * more write for each change of each execution.
   */
  private async createHistoryTables(q: QueryRunner): Promise<void> {
    for (const { name } of [EXECUTION_HISTORY, WORKER_HISTORY]) {
      await q.query(`
        create table ${name} (
          time timestamptz not null,
          operation text not null,
          entity_id bigint not null,
          entity_ref text,
          changed_fields text[] not null,
          old_values jsonb,
          new_values jsonb,
          constraint ${name}_operation_check check (operation in ('INSERT', 'UPDATE', 'DELETE'))
        )`);
      // The history of one execution or worker, newest first.
      await q.query(`create index ${name}_entity_idx on ${name} (entity_id, time desc)`);
      // The latest changes of all.
      await q.query(`create index ${name}_time_idx on ${name} (time desc)`);
      await q.query(`comment on table ${name} is 'one row for each change; written by triggers only'`);
      await q.query(`comment on column ${name}.entity_id is 'may dangle: history outlives what it tells of'`);
      await q.query(`comment on column ${name}.changed_fields is 'of an UPDATE; empty for INSERT and DELETE'`);
      await q.query(
        `comment on column ${name}.old_values is 'the changed fields before; large JSON as {digest, size, type}; null: INSERT'`,
      );
      await q.query(`comment on column ${name}.new_values is 'the changed fields after; null: DELETE'`);
    }
  }

  private async recordHistory(q: QueryRunner): Promise<void> {
    await q.query(HISTORY_DIGEST_FUNCTION);
    for (const table of [RECORDED_EXECUTION, RECORDED_WORKER]) {
      await q.query(historyFunction(table));
      for (const trigger of historyTriggers(table)) await q.query(trigger);
    }
  }

  private async stopRecordingHistory(q: QueryRunner): Promise<void> {
    for (const table of ['execution', 'worker']) {
      for (const event of ['insert', 'update', 'delete']) {
        await q.query(`drop trigger ${table}_history_${event} on ${table}`);
      }
      await q.query(`drop function record_${table}_history()`);
    }
    await q.query(`drop function history_digest(jsonb)`);
  }

  private async dropForeignKeys(q: QueryRunner): Promise<void> {
    // What points at the tables; the columns stay, as plain bigint.
    await q.query(`alter table enforcement drop constraint enforcement_event_fkey`);
    await q.query(`alter table execution drop constraint execution_enforcement_fkey`);
    // What they point at.
    await q.query(`alter table event drop constraint event_trigger_fkey`);
    await q.query(`alter table event drop constraint event_source_fkey`);
    await q.query(`alter table event drop constraint event_rule_fkey`);
    await q.query(`alter table enforcement drop constraint enforcement_rule_fkey`);
  }

  private async addForeignKeys(q: QueryRunner): Promise<void> {
    await addForeignKey(q, 'event', 'trigger', 'references trigger (id) on delete set null');
    await addForeignKey(q, 'event', 'source', 'references sensor (id) on delete set null');
    await addForeignKey(q, 'event', 'rule', 'references rule (id) on delete set null');
    await addForeignKey(q, 'enforcement', 'rule', 'references rule (id) on delete set null');
    await addForeignKey(q, 'enforcement', 'event', 'references event (id) on delete set null');
    await addForeignKey(q, 'execution', 'enforcement', 'references enforcement (id) on delete set null');
  }
}
