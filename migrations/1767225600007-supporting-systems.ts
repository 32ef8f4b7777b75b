import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { setUpdatedAlwaysTrigger, setUpdatedTrigger } from './sql/set-updated.js';

/**
 * For tables through which rows only pass: nearly empty, yet thousands of rows a second.
 *
 * Vacuum after so many dead rows, however large a backlog is, and without pauses: every take walks over the dead ones.
 * Never give pages back to the file system: that needs an exclusive lock each time the table is empty, and the pages are
 * needed again at once. Measured over a minute of 6,000 messages a second: takers stood still for 1.1 s and 0.6 s with
 * the defaults, none of that with these. No fillfactor: rows are inserted and deleted, hardly ever updated.
 */
const PASSING_ROWS = `
        autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_cost_delay = 0,
        vacuum_truncate = off`;

/**
 * Keys, artifacts, policy queues, pack environments and tests, and the messaging tables (outbox, dispatch, dead letters).
 *
 * Cost: none, new tables. Safe to roll back: yes, it drops keys, artifacts and undelivered messages.
 */
export class SupportingSystems1767225600007 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await this.createKeys(q);
    await this.createArtifacts(q);
    await this.createAdmission(q);
    await this.createPackOperations(q);
    await this.createMessaging(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`
      drop table dead_letter, dispatch, outbox_message, pack_test_execution, pack_environment,
        execution_admission_entry, execution_admission_state, queue_stats, artifact_version, artifact, key`);
  }

  /** `owner` is derived, so it cannot disagree with the id it stands for. */
  private async createKeys(q: QueryRunner): Promise<void> {
    await q.query(`
      create table key (
        id bigint generated always as identity,
        ref text not null,
        owner_type owner_type not null,
        owner text generated always as (
          case owner_type
            when 'system' then 'system'
            when 'identity' then owner_identity::text
            when 'pack' then owner_pack::text
            when 'action' then owner_action::text
            when 'sensor' then owner_sensor::text
          end
        ) stored,
        owner_identity bigint,
        owner_pack bigint,
        owner_pack_ref text,
        owner_action bigint,
        owner_action_ref text,
        owner_sensor bigint,
        owner_sensor_ref text,
        name text not null,
        encrypted boolean not null default false,
        encryption_key_hash text,
        value jsonb not null,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint key_pkey primary key (id),
        constraint key_ref_key unique (ref),
        constraint key_name_key unique (owner_type, owner, name),
        constraint key_ref_check check (ref = lower(ref) and ref ~ '^[^.[:space:]]+(\\.[^.[:space:]]+)*$'),
        constraint key_name_check check (name <> ''),
        constraint key_owner_check check (
          owner is not null
          and num_nonnulls(owner_identity, owner_pack, owner_action, owner_sensor)
            = case when owner_type = 'system' then 0 else 1 end
        ),
        constraint key_encrypted_check check (encrypted = (encryption_key_hash is not null)),
        constraint key_owner_identity_fkey foreign key (owner_identity) references identity (id) on delete cascade,
        constraint key_owner_pack_fkey foreign key (owner_pack) references pack (id) on delete cascade,
        constraint key_owner_action_fkey foreign key (owner_action) references action (id) on delete cascade,
        constraint key_owner_sensor_fkey foreign key (owner_sensor) references sensor (id) on delete cascade
      )`);
    // A key goes with its owner; each owner column is null in most rows.
    await q.query(`create index key_owner_identity_idx on key (owner_identity) where owner_identity is not null`);
    await q.query(`create index key_owner_pack_idx on key (owner_pack) where owner_pack is not null`);
    await q.query(`create index key_owner_action_idx on key (owner_action) where owner_action is not null`);
    await q.query(`create index key_owner_sensor_idx on key (owner_sensor) where owner_sensor is not null`);
    await q.query(`comment on column key.owner is '"system", or the id of the owner as text'`);
    await q.query(
      `comment on column key.value is 'when encrypted: a JSON string, base64(nonce12 || ciphertext || tag)'`,
    );
    await q.query(
      `comment on column key.encryption_key_hash is 'SHA-256 hex of the key it was encrypted with; null: not encrypted'`,
    );
    await q.query(setUpdatedAlwaysTrigger('key'));
  }

  private async createArtifacts(q: QueryRunner): Promise<void> {
    await q.query(`
      create table artifact (
        id bigint generated always as identity,
        ref text not null,
        scope owner_type not null,
        owner text not null,
        type artifact_type not null,
        visibility artifact_visibility not null default 'private',
        retention_policy retention_policy_type not null default 'versions',
        retention_limit integer not null default 5,
        name text,
        description text,
        content_type text,
        size_bytes bigint,
        data jsonb,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint artifact_pkey primary key (id),
        constraint artifact_ref_key unique (ref),
        constraint artifact_ref_check check (ref ~ '^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$'),
        constraint artifact_retention_limit_check check (retention_limit > 0),
        constraint artifact_size_bytes_check check (size_bytes >= 0)
      )`);
    // Lists of one owner, newest first; all lists, newest first.
    await q.query(`create index artifact_owner_idx on artifact (scope, owner, created desc)`);
    await q.query(`create index artifact_created_idx on artifact (created desc, id desc)`);
    await q.query(`comment on column artifact.owner is 'ref of the owner; of an identity its id as text; "system"'`);
    await q.query(`comment on column artifact.data is 'entries of a progress artifact, or a structured value'`);
    await q.query(`comment on column artifact.size_bytes is 'of the newest version; null: unknown'`);
    await q.query(setUpdatedTrigger('artifact'));

    await q.query(`
      create table artifact_version (
        id bigint generated always as identity,
        artifact bigint not null,
        version integer not null,
        execution bigint,
        content_type text,
        size_bytes bigint,
        content bytea,
        content_json jsonb,
        file_path text,
        meta jsonb,
        created_by text,
        created timestamptz not null default now(),
        constraint artifact_version_pkey primary key (id),
        constraint artifact_version_version_key unique (artifact, version),
        constraint artifact_version_version_check check (version > 0),
        constraint artifact_version_size_bytes_check check (size_bytes >= 0),
        constraint artifact_version_content_check check (num_nonnulls(content, content_json, file_path) = 1),
        constraint artifact_version_artifact_fkey foreign key (artifact) references artifact (id) on delete cascade
      )`);
    // What an execution wrote.
    await q.query(
      `create index artifact_version_execution_idx on artifact_version (execution) where execution is not null`,
    );
    await q.query(`comment on column artifact_version.execution is 'may dangle: executions have their own retention'`);
    await q.query(`comment on column artifact_version.size_bytes is 'null: the file is still being written'`);
    await q.query(`comment on column artifact_version.file_path is 'below the artifacts directory'`);
    await q.query(`comment on column artifact_version.created_by is 'worker, sensor, api or a login'`);
  }

  private async createAdmission(q: QueryRunner): Promise<void> {
    await q.query(`
      create table queue_stats (
        action_id bigint not null,
        action_ref text not null,
        queue_length integer not null default 0,
        active_count integer not null default 0,
        max_concurrent integer not null default 1,
        oldest_enqueued_at timestamptz,
        total_enqueued bigint not null default 0,
        total_completed bigint not null default 0,
        last_updated timestamptz not null default now(),
        constraint queue_stats_pkey primary key (action_id),
        constraint queue_stats_action_fkey foreign key (action_id) references action (id) on delete cascade
      )`);
    await q.query(
      `comment on table queue_stats is 'how full the concurrency policy of an action is; written by the executor'`,
    );
    await q.query(`comment on column queue_stats.oldest_enqueued_at is 'null: nobody waits'`);

    await q.query(`
      create table execution_admission_state (
        id bigint generated always as identity,
        policy bigint not null,
        group_key text not null,
        max_concurrent integer not null,
        next_queue_order bigint not null default 1,
        total_enqueued bigint not null default 0,
        total_completed bigint not null default 0,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint execution_admission_state_pkey primary key (id),
        constraint execution_admission_state_group_key unique (policy, group_key),
        constraint execution_admission_state_group_key_check check (length(group_key) <= 512),
        constraint execution_admission_state_max_concurrent_check check (max_concurrent > 0),
        constraint execution_admission_state_policy_fkey foreign key (policy) references policy (id) on delete cascade
      )`);
    await q.query(
      `comment on table execution_admission_state is 'one group of one policy; its row lock orders everybody who enters or leaves'`,
    );
    await q.query(
      `comment on column execution_admission_state.group_key is 'JSON of the grouping parameter values; longer than 512 characters: its digest'`,
    );
    await q.query(setUpdatedTrigger('execution_admission_state'));

    await q.query(`
      create table execution_admission_entry (
        id bigint generated always as identity,
        state bigint not null,
        execution bigint not null,
        action_ref text not null,
        status admission_status not null default 'queued',
        queue_order bigint not null,
        enqueued_at timestamptz not null default now(),
        activated_at timestamptz,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint execution_admission_entry_pkey primary key (id),
        constraint execution_admission_entry_execution_key unique (execution),
        constraint execution_admission_entry_order_key unique (state, queue_order),
        constraint execution_admission_entry_activated_at_check check ((status = 'active') = (activated_at is not null)),
        constraint execution_admission_entry_state_fkey
          foreign key (state) references execution_admission_state (id) on delete cascade
      )`);
    // Next in line, and how many slots are taken.
    await q.query(`
      create index execution_admission_entry_queue_idx on execution_admission_entry (state, status, queue_order)`);
    await q.query(
      `comment on column execution_admission_entry.execution is 'one slot or one place in one queue; removed with the terminal status'`,
    );
    await q.query(setUpdatedTrigger('execution_admission_entry'));
  }

  private async createPackOperations(q: QueryRunner): Promise<void> {
    await q.query(`
      create table pack_environment (
        id bigint generated always as identity,
        env_key text not null,
        pack bigint not null,
        pack_ref text not null,
        runtime bigint,
        runtime_ref text not null,
        runtime_version text,
        status pack_environment_status not null default 'pending',
        env_path text not null,
        manifest_checksum text,
        attempt integer not null default 0,
        claimed_by text,
        lease_expires_at timestamptz,
        last_error text,
        installed_at timestamptz,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint pack_environment_pkey primary key (id),
        constraint pack_environment_env_key_key unique (env_key),
        constraint pack_environment_attempt_check check (attempt >= 0),
        constraint pack_environment_lease_check check ((claimed_by is null) = (lease_expires_at is null)),
        constraint pack_environment_pack_fkey foreign key (pack) references pack (id) on delete cascade,
        constraint pack_environment_runtime_fkey foreign key (runtime) references runtime (id) on delete set null
      )`);
    await q.query(`create index pack_environment_pack_idx on pack_environment (pack)`);
    await q.query(`create index pack_environment_runtime_idx on pack_environment (runtime)`);
    await q.query(`comment on column pack_environment.runtime_version is 'null: the runtime''s default interpreter'`);
    await q.query(
      `comment on column pack_environment.manifest_checksum is 'SHA-256 of the dependency manifest it was built from; null: none'`,
    );
    await q.query(
      `comment on column pack_environment.claimed_by is 'the one builder, until lease_expires_at; null: nobody builds'`,
    );
    await q.query(setUpdatedTrigger('pack_environment'));

    await q.query(`
      create table pack_test_execution (
        id bigint generated always as identity,
        pack_id bigint not null,
        pack_version text not null,
        execution_time timestamptz not null,
        trigger_reason pack_test_reason not null,
        total_tests integer not null,
        passed integer not null,
        failed integer not null,
        skipped integer not null,
        pass_rate double precision not null,
        duration_ms bigint not null,
        result jsonb,
        created timestamptz not null default now(),
        constraint pack_test_execution_pkey primary key (id),
        constraint pack_test_execution_counts_check check (
          least(total_tests, passed, failed, skipped) >= 0 and passed + failed + skipped <= total_tests
        ),
        constraint pack_test_execution_pass_rate_check check (pass_rate between 0 and 1),
        constraint pack_test_execution_duration_ms_check check (duration_ms >= 0),
        constraint pack_test_execution_pack_fkey foreign key (pack_id) references pack (id) on delete cascade
      )`);
    // Runs of a pack, newest first.
    await q.query(`create index pack_test_execution_pack_idx on pack_test_execution (pack_id, execution_time desc)`);
  }

  /**
   * The outbox has one row per message and consumer group: taking is deleting, so a row is in flight only as long as the
   * transaction that handles it.
   */
  private async createMessaging(q: QueryRunner): Promise<void> {
    await q.query(`
      create table outbox_message (
        id bigint generated always as identity,
        queue text not null,
        topic text not null,
        payload jsonb not null,
        attempt integer not null default 0,
        available_at timestamptz not null default now(),
        last_error text,
        created timestamptz not null default now(),
        constraint outbox_message_pkey primary key (id)
      ) with (${PASSING_ROWS}
      )`);
    // The next batch of a queue, due and oldest first.
    await q.query(`create index outbox_message_queue_idx on outbox_message (queue, available_at, id)`);
    await q.query(
      `comment on column outbox_message.queue is 'the consumer group; a topic with two groups has two rows'`,
    );
    await q.query(`comment on column outbox_message.attempt is 'failed tries so far'`);

    await q.query(`
      create table dead_letter (
        id bigint not null,
        queue text not null,
        topic text not null,
        payload jsonb not null,
        attempt integer not null,
        error text,
        created timestamptz not null,
        failed_at timestamptz not null default now(),
        constraint dead_letter_pkey primary key (id)
      )`);
    await q.query(`create index dead_letter_failed_at_idx on dead_letter (failed_at)`);
    await q.query(`comment on table dead_letter is 'messages given up after the last try, for a person to look at'`);
    await q.query(`comment on column dead_letter.id is 'of the outbox message it was'`);

    await q.query(`
      create table dispatch (
        execution bigint not null,
        worker bigint not null,
        action_ref text not null,
        available_at timestamptz not null default now(),
        created timestamptz not null default now(),
        constraint dispatch_pkey primary key (execution),
        constraint dispatch_worker_fkey foreign key (worker) references worker (id) on delete cascade
      ) with (${PASSING_ROWS}
      )`);
    // What one worker may start now, oldest first.
    await q.query(`create index dispatch_worker_idx on dispatch (worker, available_at, execution)`);
    await q.query(
      `comment on table dispatch is 'scheduled executions waiting for their worker; the worker deletes the row when it starts'`,
    );
  }
}
