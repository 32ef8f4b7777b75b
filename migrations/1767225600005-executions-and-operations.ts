import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { setUpdatedAlwaysTrigger, setUpdatedTrigger } from './sql/set-updated.js';

/** The statuses in which an execution still has somebody to wait for. */
const LIVE = `status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling')`;

/**
 * Rules, workers, executions with their secrets, inquiries, notifications.
 *
 * `execution` starts as an ordinary table with ordinary foreign keys; migration 10 turns it into a time series. It is
 * updated about four times in its life, so it carries few indexes: every one is written again at each move of the status.
 * Cost: none, new tables. Safe to roll back: yes, it drops every execution.
 */
export class ExecutionsAndOperations1767225600005 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await this.createRules(q);
    await this.createWorkers(q);
    await this.createExecutions(q);
    await this.createSecretValues(q);
    await this.createInquiries(q);
    await this.createNotifications(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table event drop constraint event_rule_fkey`);
    await q.query(`alter table enforcement drop constraint enforcement_rule_fkey`);
    await q.query(`drop table notification, inquiry, execution_secret_value, execution, worker, rule`);
  }

  private async createRules(q: QueryRunner): Promise<void> {
    await q.query(`
      create table rule (
        id bigint generated always as identity,
        ref text not null,
        pack bigint not null,
        pack_ref text not null,
        label text not null,
        description text,
        action bigint,
        action_ref text not null,
        trigger bigint,
        trigger_ref text not null,
        conditions jsonb not null default '{}',
        action_params jsonb not null default '{}',
        trigger_params jsonb not null default '{}',
        permission_set_refs text[],
        enabled boolean not null default true,
        is_adhoc boolean not null default false,
        owner_identity bigint,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint rule_pkey primary key (id),
        constraint rule_ref_key unique (ref),
        constraint rule_ref_check check (ref = lower(ref) and ref ~ '^[^.[:space:]]+\\.[^.[:space:]]+$'),
        constraint rule_pack_fkey foreign key (pack) references pack (id) on delete cascade,
        constraint rule_action_fkey foreign key (action) references action (id) on delete set null,
        constraint rule_trigger_fkey foreign key (trigger) references trigger (id) on delete set null,
        constraint rule_owner_identity_fkey foreign key (owner_identity) references identity (id) on delete set null
      )`);
    await q.query(`create index rule_pack_idx on rule (pack)`);
    await q.query(`create index rule_action_idx on rule (action)`);
    // The hot one: the rules of the triggers of a batch of events.
    await q.query(`create index rule_trigger_idx on rule (trigger)`);
    await q.query(`create index rule_owner_identity_idx on rule (owner_identity)`);
    await q.query(
      `comment on column rule.action is 'null: the action is gone (action_ref stays); the rule does nothing'`,
    );
    await q.query(
      `comment on column rule.permission_set_refs is 'null: the action''s default; empty: the execution gets no token'`,
    );
    await q.query(`comment on column rule.owner_identity is 'who executes; null: the system identity'`);
    await q.query(setUpdatedTrigger('rule'));
    await q.query(`
      alter table event
        add constraint event_rule_fkey foreign key (rule) references rule (id) on delete set null`);
    await q.query(`
      alter table enforcement
        add constraint enforcement_rule_fkey foreign key (rule) references rule (id) on delete set null`);
  }

  private async createWorkers(q: QueryRunner): Promise<void> {
    await q.query(`
      create table worker (
        id bigint generated always as identity,
        name text not null,
        worker_type worker_type not null default 'local',
        worker_role worker_role not null default 'action',
        host text,
        port integer,
        status worker_status not null default 'active',
        capabilities jsonb not null default '{}',
        labels jsonb not null default '{}',
        taints jsonb not null default '[]',
        meta jsonb not null default '{}',
        last_heartbeat timestamptz,
        cordoned boolean not null default false,
        cordon_reason text,
        cordoned_by bigint,
        cordoned_at timestamptz,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint worker_pkey primary key (id),
        constraint worker_name_key unique (name),
        constraint worker_name_check check (name <> ''),
        constraint worker_port_check check (port between 1 and 65535),
        constraint worker_cordoned_by_fkey foreign key (cordoned_by) references identity (id) on delete set null
      )`);
    await q.query(
      `comment on column worker.capabilities is '{runtimes: {name: [versions]}, max_concurrent_executions, …} as the worker last reported'`,
    );
    await q.query(`comment on column worker.last_heartbeat is 'null: registered, never heard of since'`);
    await q.query(`comment on column worker.cordoned is 'gets no new work; running work continues'`);
    await q.query(setUpdatedAlwaysTrigger('worker'));
  }

  private async createExecutions(q: QueryRunner): Promise<void> {
    await q.query(`
      create table execution (
        id bigint not null,
        action bigint,
        action_ref text not null,
        status execution_status not null default 'requested',
        config jsonb,
        env_vars jsonb,
        parent bigint,
        original_execution bigint,
        enforcement bigint,
        rule_ref text,
        trigger_ref text,
        executor bigint,
        permission_set_refs text[] not null default '{}',
        artifact_retention_policy retention_policy_type,
        artifact_retention_limit integer,
        worker_selector jsonb,
        worker_tolerations jsonb,
        worker_affinity jsonb,
        worker bigint,
        workflow_def bigint,
        workflow_task jsonb,
        retry_count integer not null default 0,
        max_retries integer not null default 0,
        retry_reason execution_retry_reason,
        result jsonb,
        started_at timestamptz,
        created timestamptz not null,
        updated timestamptz not null default now(),
        constraint execution_pkey primary key (id),
        constraint execution_created_check check (created = time_id_created(id)),
        constraint execution_artifact_retention_limit_check check (artifact_retention_limit > 0),
        constraint execution_retry_count_check check (retry_count >= 0),
        constraint execution_max_retries_check check (max_retries >= 0),
        constraint execution_action_fkey foreign key (action) references action (id) on delete set null,
        constraint execution_parent_fkey foreign key (parent) references execution (id) on delete set null,
        constraint execution_original_execution_fkey
          foreign key (original_execution) references execution (id) on delete set null,
        constraint execution_enforcement_fkey foreign key (enforcement) references enforcement (id) on delete set null,
        constraint execution_executor_fkey foreign key (executor) references identity (id) on delete set null
      )`);
    // Newest first, by pages.
    await q.query(`create index execution_created_idx on execution (created desc, id desc)`);
    // The same for one action.
    await q.query(`create index execution_action_ref_idx on execution (action_ref, created desc, id desc)`);
    // Sweeps, schedulers and worker loads ask only for live rows, whatever their age; finished rows are not in it.
    await q.query(`create index execution_live_idx on execution (status, worker, created) where ${LIVE}`);
    // Children of a workflow or of an execution that started others.
    await q.query(`create index execution_parent_idx on execution (parent, created desc) where parent is not null`);
    // The execution of an enforcement.
    await q.query(`create index execution_enforcement_idx on execution (enforcement) where enforcement is not null`);
    await q.query(`comment on column execution.config is 'flat parameters, secrets redacted; null: none'`);
    await q.query(
      `comment on column execution.rule_ref is 'the rule behind the enforcement; null: not started by a rule'`,
    );
    await q.query(`comment on column execution.executor is 'the identity it runs as'`);
    await q.query(
      `comment on column execution.permission_set_refs is 'rights of its token, settled when it was created; empty: no token'`,
    );
    await q.query(`comment on column execution.worker_selector is 'null: the action''s; {} clears it'`);
    await q.query(`comment on column execution.worker_tolerations is 'null: the action''s; [] clears it'`);
    await q.query(`comment on column execution.worker_affinity is 'null: the action''s; {} clears it'`);
    await q.query(`comment on column execution.worker is 'null: not scheduled yet, or needs no worker; may dangle'`);
    await q.query(`comment on column execution.workflow_task is 'place in the workflow that started it; null: none'`);
    await q.query(`comment on column execution.original_execution is 'first attempt of a task that was retried'`);
    await q.query(setUpdatedAlwaysTrigger('execution'));
  }

  private async createSecretValues(q: QueryRunner): Promise<void> {
    await q.query(`
      create table execution_secret_value (
        id bigint generated always as identity,
        entity_type secret_entity_type not null,
        entity_id bigint not null,
        json_path text not null,
        source_kind text,
        source_ref text,
        encrypted_value text not null,
        encryption_key_hash text not null,
        created timestamptz not null default now(),
        constraint execution_secret_value_pkey primary key (id),
        constraint execution_secret_value_path_key unique (entity_type, entity_id, json_path),
        constraint execution_secret_value_json_path_check check (json_path like '/%')
      )`);
    // Retention removes the rows with what they belong to, oldest first.
    await q.query(`create index execution_secret_value_created_idx on execution_secret_value (created)`);
    await q.query(
      `comment on table execution_secret_value is 'what is redacted in execution.config, execution.result and enforcement.config'`,
    );
    await q.query(
      `comment on column execution_secret_value.entity_id is 'id of the execution or enforcement; no foreign key can point there'`,
    );
    await q.query(`comment on column execution_secret_value.json_path is 'JSON pointer into the redacted value'`);
    await q.query(
      `comment on column execution_secret_value.source_kind is 'where the value came from; null: given by the caller'`,
    );
    await q.query(
      `comment on column execution_secret_value.encrypted_value is 'base64(nonce12 || ciphertext || tag), AES-256-GCM'`,
    );
  }

  private async createInquiries(q: QueryRunner): Promise<void> {
    await q.query(`
      create table inquiry (
        id bigint generated always as identity,
        execution bigint not null,
        prompt text not null,
        response_schema jsonb,
        default_response jsonb,
        assigned_to bigint,
        status inquiry_status not null default 'pending',
        response jsonb,
        responded_by bigint,
        timeout_at timestamptz,
        responded_at timestamptz,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint inquiry_pkey primary key (id),
        constraint inquiry_execution_key unique (execution),
        constraint inquiry_prompt_check check (prompt <> ''),
        constraint inquiry_execution_fkey foreign key (execution) references execution (id) on delete cascade,
        constraint inquiry_assigned_to_fkey foreign key (assigned_to) references identity (id) on delete set null,
        constraint inquiry_responded_by_fkey foreign key (responded_by) references identity (id) on delete set null
      )`);
    // The deadline check, every second: only open inquiries that have a deadline.
    await q.query(`create index inquiry_deadline_idx on inquiry (timeout_at) where status = 'pending'`);
    await q.query(`create index inquiry_assigned_to_idx on inquiry (assigned_to) where assigned_to is not null`);
    await q.query(`create index inquiry_responded_by_idx on inquiry (responded_by) where responded_by is not null`);
    await q.query(`comment on column inquiry.assigned_to is 'null: anybody with the right may answer'`);
    await q.query(`comment on column inquiry.timeout_at is 'null: waits without limit'`);
    await q.query(`comment on column inquiry.default_response is 'used at the deadline; null: none'`);
    await q.query(setUpdatedTrigger('inquiry'));
  }

  private async createNotifications(q: QueryRunner): Promise<void> {
    await q.query(`
      create table notification (
        id bigint generated always as identity,
        notification_type text not null default 'attune_notifications',
        entity_type text not null,
        entity_id bigint,
        user_id bigint,
        payload jsonb not null default '{}',
        created timestamptz not null default now(),
        constraint notification_pkey primary key (id),
        constraint notification_user_fkey foreign key (user_id) references identity (id) on delete cascade
      )`);
    await q.query(`create index notification_user_idx on notification (user_id, created desc)`);
    // Retention deletes the oldest rows.
    await q.query(`create index notification_created_idx on notification (created)`);
    await q.query(`comment on column notification.user_id is 'null: for everybody'`);
  }
}
