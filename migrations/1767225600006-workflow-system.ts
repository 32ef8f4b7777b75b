import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { setUpdatedTrigger } from './sql/set-updated.js';

/**
 * Workflow definitions, their runs, and the table that makes every task start exactly once.
 *
 * `execution.workflow_def` and `action.workflow_def` get their foreign keys here, now that the target exists. Cost: the
 * keys scan `execution` and `action` once. Safe to roll back: yes, it drops every workflow.
 */
export class WorkflowSystem1767225600006 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await this.createDefinitions(q);
    await this.createRuns(q);
    await this.createTaskDispatches(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table execution drop constraint execution_workflow_def_fkey`);
    await q.query(`alter table action drop constraint action_workflow_def_fkey`);
    await q.query(`drop index action_workflow_def_idx`);
    await q.query(`drop table workflow_task_dispatch, workflow_execution, workflow_definition`);
  }

  private async createDefinitions(q: QueryRunner): Promise<void> {
    await q.query(`
      create table workflow_definition (
        id bigint generated always as identity,
        ref text not null,
        pack bigint not null,
        pack_ref text not null,
        label text not null,
        description text,
        version text not null,
        param_schema jsonb,
        out_schema jsonb,
        definition jsonb not null,
        tags text[] not null default '{}',
        is_adhoc boolean not null default false,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint workflow_definition_pkey primary key (id),
        constraint workflow_definition_ref_key unique (ref),
        constraint workflow_definition_ref_check check (ref <> ''),
        constraint workflow_definition_version_check check (length(version) between 1 and 50),
        constraint workflow_definition_pack_fkey foreign key (pack) references pack (id) on delete cascade
      )`);
    await q.query(`create index workflow_definition_pack_idx on workflow_definition (pack)`);
    await q.query(
      `comment on column workflow_definition.definition is 'the whole graph as it was written, editor data included'`,
    );
    await q.query(setUpdatedTrigger('workflow_definition'));
    await q.query(`
      alter table execution
        add constraint execution_workflow_def_fkey
        foreign key (workflow_def) references workflow_definition (id) on delete set null`);
    await q.query(`
      alter table action
        add constraint action_workflow_def_fkey
        foreign key (workflow_def) references workflow_definition (id) on delete set null`);
    // Few actions are workflows.
    await q.query(`create index action_workflow_def_idx on action (workflow_def) where workflow_def is not null`);
  }

  private async createRuns(q: QueryRunner): Promise<void> {
    await q.query(`
      create table workflow_execution (
        id bigint generated always as identity,
        execution bigint not null,
        workflow_def bigint,
        status execution_status not null default 'running',
        current_tasks text[] not null default '{}',
        completed_tasks text[] not null default '{}',
        failed_tasks text[] not null default '{}',
        skipped_tasks text[] not null default '{}',
        variables jsonb not null default '{}',
        task_graph jsonb not null,
        error_message text,
        paused boolean not null default false,
        pause_reason text,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint workflow_execution_pkey primary key (id),
        constraint workflow_execution_execution_key unique (execution),
        constraint workflow_execution_execution_fkey
          foreign key (execution) references execution (id) on delete cascade,
        constraint workflow_execution_workflow_def_fkey
          foreign key (workflow_def) references workflow_definition (id) on delete set null
      )`);
    // The set null when a definition goes.
    await q.query(`create index workflow_execution_workflow_def_idx on workflow_execution (workflow_def)`);
    // Corrections and recovery ask only for unfinished runs.
    await q.query(`
      create index workflow_execution_live_idx on workflow_execution (updated)
        where status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling')`);
    await q.query(
      `comment on column workflow_execution.task_graph is 'the definition as it was at the start: edits do not touch running workflows'`,
    );
    await q.query(`comment on column workflow_execution.workflow_def is 'null: the definition was deleted since'`);
    await q.query(
      `comment on column workflow_execution.paused is 'running children finish, nothing new is dispatched'`,
    );
    await q.query(setUpdatedTrigger('workflow_execution'));
  }

  private async createTaskDispatches(q: QueryRunner): Promise<void> {
    await q.query(`
      create table workflow_task_dispatch (
        id bigint generated always as identity,
        workflow_execution bigint not null,
        task_name text not null,
        iteration integer not null default 0,
        task_index integer,
        execution bigint,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint workflow_task_dispatch_pkey primary key (id),
        constraint workflow_task_dispatch_task_key
          unique nulls not distinct (workflow_execution, task_name, iteration, task_index),
        constraint workflow_task_dispatch_iteration_check check (iteration >= 0),
        constraint workflow_task_dispatch_task_index_check check (task_index >= 0),
        constraint workflow_task_dispatch_workflow_execution_fkey
          foreign key (workflow_execution) references workflow_execution (id) on delete cascade
      )`);
    // Which task does this finished execution belong to?
    await q.query(`create index workflow_task_dispatch_execution_idx on workflow_task_dispatch (execution)`);
    await q.query(`comment on column workflow_task_dispatch.iteration is 'loop round, from 0'`);
    await q.query(`comment on column workflow_task_dispatch.task_index is 'position in with_items; null: no items'`);
    await q.query(`comment on column workflow_task_dispatch.execution is 'the current attempt; null: not started yet'`);
    await q.query(setUpdatedTrigger('workflow_task_dispatch'));
  }
}
