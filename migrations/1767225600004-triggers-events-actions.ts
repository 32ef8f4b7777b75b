import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { setUpdatedTrigger } from './sql/set-updated.js';

/** What every table with placement, retention and a schema shares (actions, sensors). Empty = no restriction. */
const PLACEMENT = `
        worker_selector jsonb not null default '{}',
        worker_tolerations jsonb not null default '[]',
        worker_affinity jsonb not null default '{}'`;

/** Null policy or limit: the worker's default. */
const RETENTION = `
        artifact_retention_policy retention_policy_type,
        artifact_retention_limit integer,
        log_retention_policy retention_policy_type,
        log_retention_limit integer`;

const retentionChecks = (table: string): string => `
        constraint ${table}_artifact_retention_limit_check check (artifact_retention_limit > 0),
        constraint ${table}_log_retention_limit_check check (log_retention_limit > 0)`;

const REF_CHECK = `check (ref = lower(ref) and ref ~ '^[^.[:space:]]+\\.[^.[:space:]]+$')`;

/**
 * Triggers with their webhooks and sensors, the events they bring, the enforcements rules make of them, and actions.
 *
 * `event` and `enforcement` start as ordinary tables with ordinary foreign keys; migration 9 turns them into time series.
 * Their ids come from time_id(), and `created` has no default: every insert names both, so that every later statement
 * can name `created` too. Lasting rows keep textual refs; ids become null when what they name is deleted.
 * Cost: none, new tables. Safe to roll back: yes, it drops every event.
 */
export class TriggersEventsActions1767225600004 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await this.createActions(q);
    await this.createTriggers(q);
    await this.createSensors(q);
    await this.createEvents(q);
    await this.createEnforcements(q);
    await this.createWebhookLog(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop index policy_action_idx`);
    await q.query(`alter table policy drop constraint policy_action_fkey`);
    await q.query(`drop table webhook_event_log, enforcement, event`);
    await q.query(`alter table trigger drop constraint trigger_sensor_fkey`);
    await q.query(`drop table sensor, trigger, action`);
  }

  private async createActions(q: QueryRunner): Promise<void> {
    await q.query(`
      create table action (
        id bigint generated always as identity,
        ref text not null,
        pack bigint not null,
        pack_ref text not null,
        label text not null,
        description text,
        entrypoint text not null,
        runtime bigint,
        runtime_ref text,
        runtime_version_constraint text,
        required_worker_runtimes jsonb not null default '{}',${PLACEMENT},
        param_schema jsonb,
        out_schema jsonb,
        parameter_delivery parameter_delivery not null default 'stdin',
        parameter_format parameter_format not null default 'json',
        output_format output_format not null default 'text',
        invocation action_invocation not null default 'process',
        timeout_seconds integer,
        workflow_def bigint,
        is_adhoc boolean not null default false,
        enabled boolean not null default true,
        accesses_mcp boolean not null default false,
        default_execution_permission_set_refs text[] not null default '{}',${RETENTION},
        tags text[] not null default '{}',
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint action_pkey primary key (id),
        constraint action_ref_key unique (ref),
        constraint action_ref_check check (ref ~ '^[a-z0-9_-]+\\.[a-z0-9_-]+$'),
        constraint action_timeout_seconds_check check (timeout_seconds > 0),${retentionChecks('action')},
        constraint action_pack_fkey foreign key (pack) references pack (id) on delete cascade,
        constraint action_runtime_fkey foreign key (runtime) references runtime (id) on delete set null
      )`);
    // Actions of a pack (list, reload, cascade); actions on a runtime (which environments to build, set null).
    await q.query(`create index action_pack_idx on action (pack)`);
    await q.query(`create index action_runtime_idx on action (runtime)`);
    await q.query(
      `comment on column action.entrypoint is 'file below the pack''s actions/; of an ad-hoc action the source text itself'`,
    );
    await q.query(`comment on column action.runtime is 'null: a workflow, or the runtime is gone (runtime_ref stays)'`);
    await q.query(`comment on column action.timeout_seconds is 'null: the worker''s default'`);
    await q.query(`comment on column action.workflow_def is 'not null: the action is this workflow'`);
    await q.query(
      `comment on column action.default_execution_permission_set_refs is 'rights of the execution token; empty: no token'`,
    );
    await q.query(setUpdatedTrigger('action'));
    await q.query(`
      alter table policy
        add constraint policy_action_fkey foreign key (action) references action (id) on delete set null`);
    await q.query(`create index policy_action_idx on policy (action)`);
  }

  private async createTriggers(q: QueryRunner): Promise<void> {
    await q.query(`
      create table trigger (
        id bigint generated always as identity,
        ref text not null,
        pack bigint,
        pack_ref text,
        label text not null,
        description text,
        enabled boolean not null default true,
        param_schema jsonb,
        out_schema jsonb,
        webhook_enabled boolean not null default false,
        webhook_key text,
        webhook_config jsonb not null default '{}',
        sensor bigint,
        sensor_ref text,
        is_adhoc boolean not null default false,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint trigger_pkey primary key (id),
        constraint trigger_ref_key unique (ref),
        constraint trigger_webhook_key_key unique (webhook_key),
        constraint trigger_ref_check ${REF_CHECK},
        constraint trigger_webhook_key_check check (webhook_key ~ '^wh_[0-9a-f]{32}$'),
        constraint trigger_webhook_enabled_check check (not webhook_enabled or webhook_key is not null),
        constraint trigger_pack_fkey foreign key (pack) references pack (id) on delete cascade
      )`);
    await q.query(`create index trigger_pack_idx on trigger (pack)`);
    await q.query(`comment on column trigger.webhook_key is 'the secret part of the URL; null: no webhook'`);
    await q.query(
      `comment on column trigger.webhook_config is '{payload_size_limit_kb, ip_whitelist, rate_limit, hmac}; the hmac secret is stored encrypted'`,
    );
    await q.query(
      `comment on column trigger.sensor is 'the sensor that produces this trigger; null: API, webhook or platform'`,
    );
    await q.query(setUpdatedTrigger('trigger'));
  }

  private async createSensors(q: QueryRunner): Promise<void> {
    await q.query(`
      create table sensor (
        id bigint generated always as identity,
        ref text not null,
        pack bigint,
        pack_ref text,
        label text not null,
        description text,
        entrypoint text not null,
        runtime bigint not null,
        runtime_ref text not null,
        runtime_version_constraint text,
        enabled boolean not null default true,
        is_adhoc boolean not null default false,
        param_schema jsonb,
        config jsonb not null default '{}',${PLACEMENT},${RETENTION},
        poll_interval_seconds integer,
        tags text[] not null default '{}',
        meta jsonb not null default '{}',
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint sensor_pkey primary key (id),
        constraint sensor_ref_key unique (ref),
        constraint sensor_ref_check ${REF_CHECK},
        constraint sensor_poll_interval_seconds_check check (poll_interval_seconds > 0),${retentionChecks('sensor')},
        constraint sensor_pack_fkey foreign key (pack) references pack (id) on delete cascade,
        constraint sensor_runtime_fkey foreign key (runtime) references runtime (id)
      )`);
    await q.query(`create index sensor_pack_idx on sensor (pack)`);
    await q.query(`create index sensor_runtime_idx on sensor (runtime)`);
    await q.query(
      `comment on column sensor.runtime is 'a runtime in use by a sensor cannot be deleted: a sensor without one is no sensor'`,
    );
    await q.query(`comment on column sensor.poll_interval_seconds is 'told to the process, which may ignore it'`);
    await q.query(setUpdatedTrigger('sensor'));
    await q.query(`
      alter table trigger
        add constraint trigger_sensor_fkey foreign key (sensor) references sensor (id) on delete set null`);
    // Triggers of a sensor: what its process serves.
    await q.query(`create index trigger_sensor_idx on trigger (sensor)`);
  }

  private async createEvents(q: QueryRunner): Promise<void> {
    await q.query(`
      create table event (
        id bigint not null,
        trigger bigint,
        trigger_ref text not null,
        config jsonb,
        payload jsonb,
        source bigint,
        source_ref text,
        rule bigint,
        rule_ref text,
        trigger_instance_id text,
        dedup_key text,
        created timestamptz not null,
        constraint event_pkey primary key (id),
        constraint event_created_check check (created = time_id_created(id)),
        constraint event_trigger_fkey foreign key (trigger) references trigger (id) on delete set null,
        constraint event_source_fkey foreign key (source) references sensor (id) on delete set null
      )`);
    // Newest first, by pages: (created, id) is the key of every list.
    await q.query(`create index event_created_idx on event (created desc, id desc)`);
    // The same for one trigger, the usual filter.
    await q.query(`create index event_trigger_ref_idx on event (trigger_ref, created desc, id desc)`);
    // Has this sensor already sent this one in the last 24 hours? Few events carry a key.
    await q.query(
      `create index event_dedup_key_idx on event (trigger_ref, dedup_key, created desc) where dedup_key is not null`,
    );
    await q.query(
      `comment on table event is 'immutable; that an event is still to be processed is known by its message in outbox_message'`,
    );
    await q.query(
      `comment on column event.source is 'the sensor; null: webhook, API or the platform (see source_ref)'`,
    );
    await q.query(`comment on column event.rule is 'not null: only this rule is considered'`);
    await q.query(
      `comment on column event.dedup_key is 'a second event of this trigger with this key within 24 hours is the first one'`,
    );
  }

  private async createEnforcements(q: QueryRunner): Promise<void> {
    await q.query(`
      create table enforcement (
        id bigint not null,
        rule bigint,
        rule_ref text not null,
        trigger_ref text not null,
        event bigint,
        config jsonb,
        payload jsonb,
        condition enforcement_condition not null default 'all',
        conditions jsonb,
        status enforcement_status not null default 'created',
        created timestamptz not null,
        resolved_at timestamptz,
        constraint enforcement_pkey primary key (id),
        constraint enforcement_created_check check (created = time_id_created(id)),
        constraint enforcement_resolved_at_check check ((status = 'created') = (resolved_at is null)),
        constraint enforcement_event_fkey foreign key (event) references event (id) on delete set null
      )`);
    await q.query(`create index enforcement_created_idx on enforcement (created desc, id desc)`);
    await q.query(`create index enforcement_rule_ref_idx on enforcement (rule_ref, created desc, id desc)`);
    // What came of an event.
    await q.query(`create index enforcement_event_idx on enforcement (event, created desc)`);
    // The recovery sweep looks for enforcements left behind; there are nearly none, so the index stays tiny.
    await q.query(`create index enforcement_open_idx on enforcement (created) where status = 'created'`);
    await q.query(`comment on column enforcement.config is 'rendered action parameters, secrets redacted'`);
    await q.query(`comment on column enforcement.resolved_at is 'when the status left "created"'`);
  }

  private async createWebhookLog(q: QueryRunner): Promise<void> {
    await q.query(`
      create table webhook_event_log (
        id bigint generated always as identity,
        trigger bigint,
        trigger_ref text,
        webhook_key text,
        event bigint,
        source_ip inet,
        user_agent text,
        payload_size_bytes integer,
        status_code integer not null,
        error text,
        processing_ms integer,
        hmac_verified boolean,
        rate_limited boolean not null default false,
        ip_allowed boolean,
        created timestamptz not null default now(),
        constraint webhook_event_log_pkey primary key (id),
        constraint webhook_event_log_status_code_check check (status_code between 100 and 599),
        constraint webhook_event_log_trigger_fkey foreign key (trigger) references trigger (id) on delete set null
      )`);
    // Requests of one webhook, newest first; also the set null when a trigger goes.
    await q.query(`create index webhook_event_log_trigger_idx on webhook_event_log (trigger, created desc)`);
    // Retention deletes the oldest rows.
    await q.query(`create index webhook_event_log_created_idx on webhook_event_log (created)`);
    await q.query(`comment on table webhook_event_log is 'every request to a webhook, refused ones too'`);
    await q.query(`comment on column webhook_event_log.webhook_key is 'last four characters only'`);
    await q.query(`comment on column webhook_event_log.event is 'may dangle: events have their own retention'`);
    await q.query(`comment on column webhook_event_log.hmac_verified is 'null: not checked'`);
    await q.query(`comment on column webhook_event_log.ip_allowed is 'null: not checked'`);
  }
}
