import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { createAdmissionTriggers, dropAdmissionTriggers } from './sql/admission-triggers.js';

/**
 * Execution policies at work: what a group remembers for rates and quotas, and the triggers that free slots. A group outlives its
 * policy, because executions still hold its slots.
 *
 * Cost: none, the tables are empty; creating the triggers takes a short lock on `execution`. Safe to roll back: yes, while no policy
 * is enabled; what waits is then announced by the recovery sweep.
 */
export class PolicyAdmission1767225600011 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table execution_admission_state
        add column parameters text[] not null default '{}',
        add column starts jsonb not null default '[]',
        add column quota_start timestamptz,
        add column quota_used integer not null default 0,
        add column wake_at timestamptz,
        add constraint execution_admission_state_quota_used_check check (quota_used >= 0),
        alter column policy drop not null,
        drop constraint execution_admission_state_policy_fkey,
        add constraint execution_admission_state_policy_fkey
          foreign key (policy) references policy (id) on delete set null`);
    await q.query(
      `comment on column execution_admission_state.policy is 'null: it was deleted; the group stays until those in it have ended'`,
    );
    await q.query(
      `comment on column execution_admission_state.parameters is 'the paths whose values made the key; another policy version may have others'`,
    );
    await q.query(
      `comment on column execution_admission_state.starts is 'for the rate: [[start of a slice in ms since 1970, starts in it], …], oldest first'`,
    );
    await q.query(
      `comment on column execution_admission_state.quota_start is 'the period quota_used counts; null: no quota so far'`,
    );
    await q.query(
      `comment on column execution_admission_state.wake_at is 'when a message on its way lets time make room; null: none was needed'`,
    );
    await q.query(
      `comment on column execution_admission_state.total_enqueued is 'executions that were admitted or queued here'`,
    );
    await q.query(`comment on column execution_admission_state.total_completed is 'slots that were given back'`);
    // Rows only pass through it, and every end of an execution looks whether there is one: dead ones must not pile up.
    await q.query(`
      alter table execution_admission_entry set (
        autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_cost_delay = 0,
        vacuum_truncate = off
      )`);
    for (const statement of createAdmissionTriggers()) await q.query(statement);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const statement of dropAdmissionTriggers()) await q.query(statement);
    await q.query(`
      alter table execution_admission_entry reset (
        autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay, vacuum_truncate
      )`);
    await q.query(`comment on column execution_admission_state.total_completed is null`);
    await q.query(`comment on column execution_admission_state.total_enqueued is null`);
    await q.query(`delete from execution_admission_state as s where s.policy is null`);
    await q.query(`comment on column execution_admission_state.policy is null`);
    await q.query(`
      alter table execution_admission_state
        drop constraint execution_admission_state_policy_fkey,
        add constraint execution_admission_state_policy_fkey
          foreign key (policy) references policy (id) on delete cascade,
        alter column policy set not null,
        drop column wake_at,
        drop column quota_used,
        drop column quota_start,
        drop column starts,
        drop column parameters`);
  }
}
