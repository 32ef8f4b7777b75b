import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addPolicies, convertToOrdinaryTable, convertToTimeSeries, removePolicies } from './time-series/conversion.js';
import { existingKind } from './time-series/database-kind.js';
import { addForeignKey } from './time-series/foreign-keys.js';
import { createAggregate, dropAggregate, EXECUTION_VOLUME_HOURLY } from './time-series/hourly-aggregates.js';
import { stopTrackingLateChanges, trackLateChanges } from './time-series/rollups.js';
import { EXECUTION } from './time-series/tables.js';

/**
 * `execution` becomes a time series: daily chunks, compressed by action after a week, dropped after its retention, and
 * counted by hour, action and status.
 *
 * Its rows, indexes and triggers (`updated`, history, notifications) survive; its foreign keys do not, in either
 * direction, for the reasons given in migration 9.
 * Cost: every execution is written once more under an exclusive lock (minutes for tens of millions of rows).
 * Safe to roll back: yes. The plain table, its rows and its constraints come back; see addForeignKey for ids whose target
 * retention has removed.
 */
export class ExecutionHypertable1767225600010 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    const kind = await existingKind(q);
    await this.dropForeignKeys(q);
    await convertToTimeSeries(q, kind, EXECUTION);
    if (kind !== 'timescale') await trackLateChanges(q, EXECUTION);
    await addPolicies(q, kind, EXECUTION);
    await createAggregate(q, kind, EXECUTION_VOLUME_HOURLY);
  }

  async down(q: QueryRunner): Promise<void> {
    const kind = await existingKind(q);
    await dropAggregate(q, kind, EXECUTION_VOLUME_HOURLY);
    await removePolicies(q, kind, EXECUTION);
    if (kind !== 'timescale') await stopTrackingLateChanges(q, EXECUTION);
    await convertToOrdinaryTable(q, EXECUTION);
    await this.addForeignKeys(q);
  }

  /** `execution.enforcement` lost its foreign key in migration 9. */
  private async dropForeignKeys(q: QueryRunner): Promise<void> {
    // What points at executions; the columns stay, as plain bigint.
    await q.query(`alter table inquiry drop constraint inquiry_execution_fkey`);
    await q.query(`alter table workflow_execution drop constraint workflow_execution_execution_fkey`);
    await q.query(`alter table execution drop constraint execution_parent_fkey`);
    await q.query(`alter table execution drop constraint execution_original_execution_fkey`);
    // What executions point at.
    await q.query(`alter table execution drop constraint execution_workflow_def_fkey`);
    await q.query(`alter table execution drop constraint execution_action_fkey`);
    await q.query(`alter table execution drop constraint execution_executor_fkey`);
  }

  private async addForeignKeys(q: QueryRunner): Promise<void> {
    await addForeignKey(q, 'inquiry', 'execution', 'references execution (id) on delete cascade');
    await addForeignKey(q, 'workflow_execution', 'execution', 'references execution (id) on delete cascade');
    await addForeignKey(q, 'execution', 'parent', 'references execution (id) on delete set null');
    await addForeignKey(q, 'execution', 'original_execution', 'references execution (id) on delete set null');
    await addForeignKey(q, 'execution', 'workflow_def', 'references workflow_definition (id) on delete set null');
    await addForeignKey(q, 'execution', 'action', 'references action (id) on delete set null');
    await addForeignKey(q, 'execution', 'executor', 'references identity (id) on delete set null');
  }
}
