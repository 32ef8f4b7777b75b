-- The schema on plain PostgreSQL 18, made from the migrations; see schema-golden.db.spec.ts.

create type action_invocation as enum ('process', 'function');

create type admission_status as enum ('queued', 'active');

create type artifact_type as enum ('file_binary', 'file_datatable', 'file_image', 'file_text', 'other', 'progress', 'url');

create type artifact_visibility as enum ('public', 'private');

create type audit_category as enum ('api', 'auth', 'rbac', 'secret', 'admin', 'execution', 'pack');

create type audit_outcome as enum ('success', 'failure', 'denied');

create type audit_token_type as enum ('access', 'execution', 'sensor', 'refresh', 'worker', 'system');

create type enforcement_condition as enum ('any', 'all');

create type enforcement_status as enum ('created', 'processed', 'disabled');

create type execution_retry_reason as enum ('failed', 'timeout', 'abandoned', 'worker_unavailable', 'queue_timeout', 'worker_heartbeat_stale', 'transient_error', 'manual_retry', 'unknown');

create type execution_status as enum ('requested', 'scheduling', 'scheduled', 'running', 'completed', 'failed', 'canceling', 'cancelled', 'timeout', 'abandoned');

create type inquiry_status as enum ('pending', 'responded', 'timeout', 'cancelled');

create type output_format as enum ('text', 'json', 'yaml', 'jsonl');

create type owner_type as enum ('system', 'identity', 'pack', 'action', 'sensor');

create type pack_environment_status as enum ('pending', 'installing', 'ready', 'failed', 'outdated');

create type pack_test_reason as enum ('register', 'install', 'update', 'manual', 'validation');

create type parameter_delivery as enum ('stdin', 'file');

create type parameter_format as enum ('json', 'dotenv', 'yaml');

create type policy_method as enum ('enqueue', 'cancel');

create type retention_policy_type as enum ('versions', 'days', 'hours', 'minutes');

create type role_source as enum ('manual', 'oidc', 'ldap');

create type secret_entity_type as enum ('execution_config', 'execution_result', 'enforcement_config');

create type worker_role as enum ('action', 'sensor');

create type worker_status as enum ('active', 'inactive', 'busy', 'error');

create type worker_type as enum ('local', 'remote', 'container');

create sequence time_id_sequence as integer minvalue 0 maxvalue 4095 start 0 cache 1 cycle;

create table action (
  id bigint not null generated always as identity,
  ref text not null,
  pack bigint not null,
  pack_ref text not null,
  label text not null,
  description text,
  entrypoint text not null,
  runtime bigint,
  runtime_ref text,
  runtime_version_constraint text,
  required_worker_runtimes jsonb not null default '{}'::jsonb,
  worker_selector jsonb not null default '{}'::jsonb,
  worker_tolerations jsonb not null default '[]'::jsonb,
  worker_affinity jsonb not null default '{}'::jsonb,
  param_schema jsonb,
  out_schema jsonb,
  parameter_delivery parameter_delivery not null default 'stdin'::parameter_delivery,
  parameter_format parameter_format not null default 'json'::parameter_format,
  output_format output_format not null default 'text'::output_format,
  invocation action_invocation not null default 'process'::action_invocation,
  timeout_seconds integer,
  workflow_def bigint,
  is_adhoc boolean not null default false,
  enabled boolean not null default true,
  accesses_mcp boolean not null default false,
  default_execution_permission_set_refs text[] not null default '{}'::text[],
  artifact_retention_policy retention_policy_type,
  artifact_retention_limit integer,
  log_retention_policy retention_policy_type,
  log_retention_limit integer,
  tags text[] not null default '{}'::text[],
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint action_artifact_retention_limit_check CHECK ((artifact_retention_limit > 0)),
  constraint action_log_retention_limit_check CHECK ((log_retention_limit > 0)),
  constraint action_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint action_pkey PRIMARY KEY (id),
  constraint action_ref_check CHECK ((ref ~ '^[a-z0-9_-]+\.[a-z0-9_-]+$'::text)),
  constraint action_ref_key UNIQUE (ref),
  constraint action_runtime_fkey FOREIGN KEY (runtime) REFERENCES runtime(id) ON DELETE SET NULL,
  constraint action_timeout_seconds_check CHECK ((timeout_seconds > 0)),
  constraint action_workflow_def_fkey FOREIGN KEY (workflow_def) REFERENCES workflow_definition(id) ON DELETE SET NULL
);
CREATE INDEX action_pack_idx ON public.action USING btree (pack);
CREATE INDEX action_runtime_idx ON public.action USING btree (runtime);
CREATE INDEX action_workflow_def_idx ON public.action USING btree (workflow_def) WHERE (workflow_def IS NOT NULL);
CREATE TRIGGER action_set_updated BEFORE UPDATE ON public.action FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column action.default_execution_permission_set_refs is 'rights of the execution token; empty: no token';
comment on column action.entrypoint is 'file below the pack''s actions/; of an ad-hoc action the source text itself';
comment on column action.runtime is 'null: a workflow, or the runtime is gone (runtime_ref stays)';
comment on column action.timeout_seconds is 'null: the worker''s default';
comment on column action.workflow_def is 'not null: the action is this workflow';

create table artifact (
  id bigint not null generated always as identity,
  ref text not null,
  scope owner_type not null,
  owner text not null,
  type artifact_type not null,
  visibility artifact_visibility not null default 'private'::artifact_visibility,
  retention_policy retention_policy_type not null default 'versions'::retention_policy_type,
  retention_limit integer not null default 5,
  name text,
  description text,
  content_type text,
  size_bytes bigint,
  data jsonb,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint artifact_pkey PRIMARY KEY (id),
  constraint artifact_ref_check CHECK ((ref ~ '^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$'::text)),
  constraint artifact_ref_key UNIQUE (ref),
  constraint artifact_retention_limit_check CHECK ((retention_limit > 0)),
  constraint artifact_size_bytes_check CHECK ((size_bytes >= 0))
);
CREATE INDEX artifact_created_idx ON public.artifact USING btree (created DESC, id DESC);
CREATE INDEX artifact_owner_idx ON public.artifact USING btree (scope, owner, created DESC);
CREATE TRIGGER artifact_notify_created AFTER INSERT ON public.artifact REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION artifact_notify_created();
CREATE TRIGGER artifact_notify_updated AFTER UPDATE ON public.artifact REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION artifact_notify_updated();
CREATE TRIGGER artifact_set_updated BEFORE UPDATE ON public.artifact FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column artifact.data is 'entries of a progress artifact, or a structured value';
comment on column artifact.owner is 'ref of the owner; of an identity its id as text; "system"';
comment on column artifact.size_bytes is 'of the newest version; null: unknown';

create table artifact_version (
  id bigint not null generated always as identity,
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
  created timestamp with time zone not null default now(),
  constraint artifact_version_artifact_fkey FOREIGN KEY (artifact) REFERENCES artifact(id) ON DELETE CASCADE,
  constraint artifact_version_content_check CHECK ((num_nonnulls(content, content_json, file_path) = 1)),
  constraint artifact_version_pkey PRIMARY KEY (id),
  constraint artifact_version_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint artifact_version_version_check CHECK ((version > 0)),
  constraint artifact_version_version_key UNIQUE (artifact, version)
);
CREATE INDEX artifact_version_execution_idx ON public.artifact_version USING btree (execution) WHERE (execution IS NOT NULL);
comment on column artifact_version.created_by is 'worker, sensor, api or a login';
comment on column artifact_version.execution is 'may dangle: executions have their own retention';
comment on column artifact_version.file_path is 'below the artifacts directory';
comment on column artifact_version.size_bytes is 'null: the file is still being written';

create table audit_event (
  id bigint not null,
  created timestamp with time zone not null,
  category audit_category not null,
  event_type text not null,
  outcome audit_outcome not null,
  actor_identity bigint,
  actor_login text,
  actor_token_type audit_token_type,
  actor_ip text,
  actor_user_agent text,
  request_id uuid,
  resource_type text,
  resource_id bigint,
  resource_ref text,
  http_method text,
  http_path text,
  http_status integer,
  duration_ms integer,
  details jsonb not null default '{}'::jsonb,
  correlation_chain jsonb not null default '{}'::jsonb,
  constraint audit_event_created_check CHECK ((created = time_id_created(id))),
  constraint audit_event_pkey PRIMARY KEY (created, id)
) partition by RANGE (created);
CREATE INDEX audit_event_actor_idx ON ONLY public.audit_event USING btree (actor_identity, created DESC, id DESC) WHERE (actor_identity IS NOT NULL);
CREATE INDEX audit_event_request_idx ON ONLY public.audit_event USING btree (request_id) WHERE (request_id IS NOT NULL);
CREATE INDEX audit_event_resource_idx ON ONLY public.audit_event USING btree (resource_ref, created DESC, id DESC) WHERE (resource_ref IS NOT NULL);
CREATE TRIGGER audit_event_append_only BEFORE DELETE OR UPDATE ON public.audit_event FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
comment on table audit_event is 'who did what, from where and how it ended; append-only';
comment on column audit_event.actor_identity is 'may dangle; null: nobody was recognised, or the platform itself did it';
comment on column audit_event.actor_ip is 'the other end of the connection; null: it was no request';
comment on column audit_event.actor_login is 'as given in a login that failed; null: nobody was recognised';
comment on column audit_event.actor_token_type is 'null: there was no token; system: the platform itself did it';
comment on column audit_event.actor_user_agent is 'null: it was no request, or it did not say';
comment on column audit_event.correlation_chain is '{rule_id, enforcement_id, execution_id, parent_request_id, parent_execution_id}, as far as known';
comment on column audit_event.created is 'when it happened; follows from the id';
comment on column audit_event.details is 'secrets are masked';
comment on column audit_event.duration_ms is 'of api.* events; null: all others';
comment on column audit_event.http_method is 'of api.* events; null: all others';
comment on column audit_event.http_path is 'of api.* events, with the keys of webhooks masked and without the query; null: all others';
comment on column audit_event.http_status is 'of api.* events; null: all others';
comment on column audit_event.request_id is 'null: it was no request';
comment on column audit_event.resource_id is 'may dangle; null: it has no numeric id, or none yet';
comment on column audit_event.resource_ref is 'its lasting name; null: it has none';
comment on column audit_event.resource_type is 'null: it was about nothing in particular';

create table dead_letter (
  id bigint not null,
  queue text not null,
  topic text not null,
  payload jsonb not null,
  attempt integer not null,
  error text,
  created timestamp with time zone not null,
  failed_at timestamp with time zone not null default now(),
  constraint dead_letter_pkey PRIMARY KEY (id)
);
CREATE INDEX dead_letter_failed_at_idx ON public.dead_letter USING btree (failed_at);
comment on table dead_letter is 'messages given up after the last try, for a person to look at';
comment on column dead_letter.id is 'of the outbox message it was';

create table dispatch (
  execution bigint not null,
  worker bigint not null,
  action_ref text not null,
  available_at timestamp with time zone not null default now(),
  created timestamp with time zone not null default now(),
  constraint dispatch_pkey PRIMARY KEY (execution),
  constraint dispatch_worker_fkey FOREIGN KEY (worker) REFERENCES worker(id) ON DELETE CASCADE
) with (autovacuum_vacuum_threshold=1000, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_cost_delay=0, vacuum_truncate=off);
CREATE INDEX dispatch_worker_idx ON public.dispatch USING btree (worker, available_at, execution);
CREATE TRIGGER dispatch_notify AFTER INSERT ON public.dispatch REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION dispatch_notify();
comment on table dispatch is 'scheduled executions waiting for their worker; the worker deletes the row when it starts';

create table enforcement (
  id bigint not null,
  rule bigint,
  rule_ref text not null,
  trigger_ref text not null,
  event bigint,
  config jsonb,
  payload jsonb,
  condition enforcement_condition not null default 'all'::enforcement_condition,
  conditions jsonb,
  status enforcement_status not null default 'created'::enforcement_status,
  created timestamp with time zone not null,
  resolved_at timestamp with time zone,
  constraint enforcement_created_check CHECK ((created = time_id_created(id))),
  constraint enforcement_pkey PRIMARY KEY (id, created),
  constraint enforcement_resolved_at_check CHECK (((status = 'created'::enforcement_status) = (resolved_at IS NULL)))
) partition by RANGE (created);
CREATE INDEX enforcement_created_idx ON ONLY public.enforcement USING btree (created DESC, id DESC);
CREATE INDEX enforcement_event_idx ON ONLY public.enforcement USING btree (event, created DESC);
CREATE INDEX enforcement_open_idx ON ONLY public.enforcement USING btree (created) WHERE (status = 'created'::enforcement_status);
CREATE INDEX enforcement_rule_ref_idx ON ONLY public.enforcement USING btree (rule_ref, created DESC, id DESC);
CREATE TRIGGER enforcement_late_delete AFTER DELETE ON public.enforcement REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_enforcement();
CREATE TRIGGER enforcement_late_insert AFTER INSERT ON public.enforcement REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_enforcement();
CREATE TRIGGER enforcement_late_update AFTER UPDATE ON public.enforcement REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_enforcement();
CREATE TRIGGER enforcement_notify_created AFTER INSERT ON public.enforcement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION enforcement_notify_created();
CREATE TRIGGER enforcement_notify_status AFTER UPDATE ON public.enforcement REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION enforcement_notify_status();
comment on column enforcement.config is 'rendered action parameters, secrets redacted';
comment on column enforcement.resolved_at is 'when the status left "created"';

create table enforcement_volume_hourly_rollup (
  bucket timestamp with time zone not null,
  rule_ref text,
  enforcement_count bigint not null,
  constraint enforcement_volume_hourly_rollup_key UNIQUE NULLS NOT DISTINCT (bucket, rule_ref)
);

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
  created timestamp with time zone not null,
  constraint event_created_check CHECK ((created = time_id_created(id))),
  constraint event_pkey PRIMARY KEY (id, created)
) partition by RANGE (created);
CREATE INDEX event_created_idx ON ONLY public.event USING btree (created DESC, id DESC);
CREATE INDEX event_dedup_key_idx ON ONLY public.event USING btree (trigger_ref, dedup_key, created DESC) WHERE (dedup_key IS NOT NULL);
CREATE INDEX event_trigger_ref_idx ON ONLY public.event USING btree (trigger_ref, created DESC, id DESC);
CREATE TRIGGER event_late_delete AFTER DELETE ON public.event REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_event();
CREATE TRIGGER event_late_insert AFTER INSERT ON public.event REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_event();
CREATE TRIGGER event_late_update AFTER UPDATE ON public.event REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_event();
CREATE TRIGGER event_notify_created AFTER INSERT ON public.event REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION event_notify_created();
comment on table event is 'immutable; that an event is still to be processed is known by its message in outbox_message';
comment on column event.dedup_key is 'a second event of this trigger with this key within 24 hours is the first one';
comment on column event.rule is 'not null: only this rule is considered';
comment on column event.source is 'the sensor; null: webhook, API or the platform (see source_ref)';

create table event_volume_hourly_rollup (
  bucket timestamp with time zone not null,
  trigger_ref text,
  event_count bigint not null,
  constraint event_volume_hourly_rollup_key UNIQUE NULLS NOT DISTINCT (bucket, trigger_ref)
);

create table execution (
  id bigint not null,
  action bigint,
  action_ref text not null,
  status execution_status not null default 'requested'::execution_status,
  config jsonb,
  env_vars jsonb,
  parent bigint,
  original_execution bigint,
  enforcement bigint,
  rule_ref text,
  trigger_ref text,
  executor bigint,
  permission_set_refs text[] not null default '{}'::text[],
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
  started_at timestamp with time zone,
  created timestamp with time zone not null,
  updated timestamp with time zone not null default now(),
  ancestor_executors bigint[] not null default '{}'::bigint[],
  constraint execution_artifact_retention_limit_check CHECK ((artifact_retention_limit > 0)),
  constraint execution_created_check CHECK ((created = time_id_created(id))),
  constraint execution_max_retries_check CHECK ((max_retries >= 0)),
  constraint execution_pkey PRIMARY KEY (id, created),
  constraint execution_retry_count_check CHECK ((retry_count >= 0))
) partition by RANGE (created);
CREATE INDEX execution_action_ref_idx ON ONLY public.execution USING btree (action_ref, created DESC, id DESC);
CREATE INDEX execution_created_idx ON ONLY public.execution USING btree (created DESC, id DESC);
CREATE INDEX execution_enforcement_idx ON ONLY public.execution USING btree (enforcement) WHERE (enforcement IS NOT NULL);
CREATE INDEX execution_live_idx ON ONLY public.execution USING btree (status, worker, created) WHERE (status = ANY (ARRAY['requested'::execution_status, 'scheduling'::execution_status, 'scheduled'::execution_status, 'running'::execution_status, 'canceling'::execution_status]));
CREATE INDEX execution_parent_idx ON ONLY public.execution USING btree (parent, created DESC) WHERE (parent IS NOT NULL);
CREATE TRIGGER execution_admission_delete AFTER DELETE ON public.execution FOR EACH ROW EXECUTE FUNCTION release_admission_deleted();
CREATE TRIGGER execution_admission_update AFTER UPDATE ON public.execution REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION release_admission();
CREATE TRIGGER execution_audit_failure AFTER UPDATE OF status ON public.execution FOR EACH ROW WHEN (((new.status = ANY (ARRAY['failed'::execution_status, 'timeout'::execution_status, 'abandoned'::execution_status])) AND (old.status <> new.status) AND (current_setting('attune.audit_execution_events'::text, true) IS DISTINCT FROM 'all'::text))) EXECUTE FUNCTION audit_execution_failure();
CREATE TRIGGER execution_audit_insert AFTER INSERT ON public.execution REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((current_setting('attune.audit_execution_events'::text, true) = 'all'::text)) EXECUTE FUNCTION audit_execution_moves();
CREATE TRIGGER execution_audit_update AFTER UPDATE ON public.execution REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((current_setting('attune.audit_execution_events'::text, true) = 'all'::text)) EXECUTE FUNCTION audit_execution_moves();
CREATE TRIGGER execution_history_delete AFTER DELETE ON public.execution FOR EACH ROW EXECUTE FUNCTION record_execution_history();
CREATE TRIGGER execution_history_insert AFTER INSERT ON public.execution REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_execution_history();
CREATE TRIGGER execution_history_update AFTER UPDATE ON public.execution REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_execution_history();
CREATE TRIGGER execution_late_delete AFTER DELETE ON public.execution REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_execution();
CREATE TRIGGER execution_late_insert AFTER INSERT ON public.execution REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_execution();
CREATE TRIGGER execution_late_update AFTER UPDATE ON public.execution REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_execution();
CREATE TRIGGER execution_notify_created AFTER INSERT ON public.execution REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION execution_notify_created();
CREATE TRIGGER execution_notify_status AFTER UPDATE ON public.execution REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION execution_notify_status();
CREATE TRIGGER execution_set_updated BEFORE UPDATE ON public.execution FOR EACH ROW EXECUTE FUNCTION set_updated();
comment on column execution.ancestor_executors is 'identities that the executions above it run as, each once; settled when it was made';
comment on column execution.config is 'flat parameters, secrets redacted; null: none';
comment on column execution.executor is 'the identity it runs as';
comment on column execution.original_execution is 'first attempt of a task that was retried';
comment on column execution.permission_set_refs is 'rights of its token, settled when it was created; empty: no token';
comment on column execution.rule_ref is 'the rule behind the enforcement; null: not started by a rule';
comment on column execution.worker is 'null: not scheduled yet, or needs no worker; may dangle';
comment on column execution.worker_affinity is 'null: the action''s; {} clears it';
comment on column execution.worker_selector is 'null: the action''s; {} clears it';
comment on column execution.worker_tolerations is 'null: the action''s; [] clears it';
comment on column execution.workflow_task is 'place in the workflow that started it; null: none';

create table execution_admission_entry (
  id bigint not null generated always as identity,
  state bigint not null,
  execution bigint not null,
  action_ref text not null,
  status admission_status not null default 'queued'::admission_status,
  queue_order bigint not null,
  enqueued_at timestamp with time zone not null default now(),
  activated_at timestamp with time zone,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint execution_admission_entry_activated_at_check CHECK (((status = 'active'::admission_status) = (activated_at IS NOT NULL))),
  constraint execution_admission_entry_execution_key UNIQUE (execution),
  constraint execution_admission_entry_order_key UNIQUE (state, queue_order),
  constraint execution_admission_entry_pkey PRIMARY KEY (id),
  constraint execution_admission_entry_state_fkey FOREIGN KEY (state) REFERENCES execution_admission_state(id) ON DELETE CASCADE
) with (autovacuum_vacuum_threshold=1000, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_cost_delay=0, vacuum_truncate=off);
CREATE INDEX execution_admission_entry_queue_idx ON public.execution_admission_entry USING btree (state, status, queue_order);
CREATE TRIGGER execution_admission_entry_set_updated BEFORE UPDATE ON public.execution_admission_entry FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column execution_admission_entry.execution is 'one slot or one place in one queue; removed with the terminal status';

create table execution_admission_state (
  id bigint not null generated always as identity,
  policy bigint,
  group_key text not null,
  max_concurrent integer not null,
  next_queue_order bigint not null default 1,
  total_enqueued bigint not null default 0,
  total_completed bigint not null default 0,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  parameters text[] not null default '{}'::text[],
  starts jsonb not null default '[]'::jsonb,
  quota_start timestamp with time zone,
  quota_used integer not null default 0,
  wake_at timestamp with time zone,
  constraint execution_admission_state_group_key UNIQUE (policy, group_key),
  constraint execution_admission_state_group_key_check CHECK ((length(group_key) <= 512)),
  constraint execution_admission_state_max_concurrent_check CHECK ((max_concurrent > 0)),
  constraint execution_admission_state_pkey PRIMARY KEY (id),
  constraint execution_admission_state_policy_fkey FOREIGN KEY (policy) REFERENCES policy(id) ON DELETE SET NULL,
  constraint execution_admission_state_quota_used_check CHECK ((quota_used >= 0))
);
CREATE TRIGGER execution_admission_state_set_updated BEFORE UPDATE ON public.execution_admission_state FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on table execution_admission_state is 'one group of one policy; its row lock orders everybody who enters or leaves';
comment on column execution_admission_state.group_key is 'JSON of the grouping parameter values; longer than 512 characters: its digest';
comment on column execution_admission_state.parameters is 'the paths whose values made the key; another policy version may have others';
comment on column execution_admission_state.policy is 'null: it was deleted; the group stays until those in it have ended';
comment on column execution_admission_state.quota_start is 'the period quota_used counts; null: no quota so far';
comment on column execution_admission_state.starts is 'for the rate: [[start of a slice in ms since 1970, starts in it], …], oldest first';
comment on column execution_admission_state.total_completed is 'slots that were given back';
comment on column execution_admission_state.total_enqueued is 'executions that were admitted or queued here';
comment on column execution_admission_state.wake_at is 'when a message on its way lets time make room; null: none was needed';

create table execution_history (
  time timestamp with time zone not null,
  operation text not null,
  entity_id bigint not null,
  entity_ref text,
  changed_fields text[] not null,
  old_values jsonb,
  new_values jsonb,
  constraint execution_history_operation_check CHECK ((operation = ANY (ARRAY['INSERT'::text, 'UPDATE'::text, 'DELETE'::text])))
) partition by RANGE ("time");
CREATE INDEX execution_history_entity_idx ON ONLY public.execution_history USING btree (entity_id, "time" DESC);
CREATE INDEX execution_history_time_idx ON ONLY public.execution_history USING btree ("time" DESC);
CREATE TRIGGER execution_history_late_delete AFTER DELETE ON public.execution_history REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_execution_history();
CREATE TRIGGER execution_history_late_insert AFTER INSERT ON public.execution_history REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_execution_history();
CREATE TRIGGER execution_history_late_update AFTER UPDATE ON public.execution_history REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_execution_history();
comment on table execution_history is 'one row for each change; written by triggers only';
comment on column execution_history.changed_fields is 'of an UPDATE; empty for INSERT and DELETE';
comment on column execution_history.entity_id is 'may dangle: history outlives what it tells of';
comment on column execution_history.new_values is 'the changed fields after; null: DELETE';
comment on column execution_history.old_values is 'the changed fields before; large JSON as {digest, size, type}; null: INSERT';

create table execution_secret_value (
  id bigint not null generated always as identity,
  entity_type secret_entity_type not null,
  entity_id bigint not null,
  json_path text not null,
  source_kind text,
  source_ref text,
  encrypted_value text not null,
  encryption_key_hash text not null,
  created timestamp with time zone not null default now(),
  constraint execution_secret_value_json_path_check CHECK ((json_path ~~ '/%'::text)),
  constraint execution_secret_value_path_key UNIQUE (entity_type, entity_id, json_path),
  constraint execution_secret_value_pkey PRIMARY KEY (id)
);
CREATE INDEX execution_secret_value_created_idx ON public.execution_secret_value USING btree (created);
comment on table execution_secret_value is 'what is redacted in execution.config, execution.result and enforcement.config';
comment on column execution_secret_value.encrypted_value is 'base64(nonce12 || ciphertext || tag), AES-256-GCM';
comment on column execution_secret_value.entity_id is 'id of the execution or enforcement; no foreign key can point there';
comment on column execution_secret_value.json_path is 'JSON pointer into the redacted value';
comment on column execution_secret_value.source_kind is 'where the value came from; null: given by the caller';

create table execution_status_hourly_rollup (
  bucket timestamp with time zone not null,
  action_ref text,
  status text,
  transition_count bigint not null,
  constraint execution_status_hourly_rollup_key UNIQUE NULLS NOT DISTINCT (bucket, action_ref, status)
);

create table execution_throughput_hourly_rollup (
  bucket timestamp with time zone not null,
  action_ref text,
  execution_count bigint not null,
  constraint execution_throughput_hourly_rollup_key UNIQUE NULLS NOT DISTINCT (bucket, action_ref)
);

create table execution_volume_hourly_rollup (
  bucket timestamp with time zone not null,
  action_ref text,
  status execution_status,
  execution_count bigint not null,
  constraint execution_volume_hourly_rollup_key UNIQUE NULLS NOT DISTINCT (bucket, action_ref, status)
);

create table identity (
  id bigint not null generated always as identity,
  login text not null,
  display_name text,
  password_hash text,
  attributes jsonb not null default '{}'::jsonb,
  frozen boolean not null default false,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  session_version integer not null default 0,
  constraint identity_login_check CHECK ((login <> ''::text)),
  constraint identity_login_key UNIQUE (login),
  constraint identity_pkey PRIMARY KEY (id)
);
CREATE TRIGGER identity_end_sessions BEFORE UPDATE OF password_hash ON public.identity FOR EACH ROW WHEN ((old.password_hash IS DISTINCT FROM new.password_hash)) EXECUTE FUNCTION end_identity_sessions();
CREATE TRIGGER identity_set_updated BEFORE UPDATE ON public.identity FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column identity.frozen is 'login and refresh are refused';
comment on column identity.password_hash is 'Argon2id PHC text; null: cannot log in with a password';
comment on column identity.session_version is 'refresh tokens that carry another number are refused; moves with password_hash';

create table identity_link (
  identity_id bigint not null,
  provider role_source not null,
  issuer text not null,
  subject text not null,
  profile jsonb not null,
  created timestamp with time zone not null default now(),
  last_login_at timestamp with time zone not null default now(),
  constraint identity_link_account_key UNIQUE (provider, issuer, subject),
  constraint identity_link_identity_fkey FOREIGN KEY (identity_id) REFERENCES identity(id) ON DELETE CASCADE,
  constraint identity_link_pkey PRIMARY KEY (identity_id),
  constraint identity_link_provider_check CHECK ((provider <> 'manual'::role_source))
);
comment on table identity_link is 'the account of an outside provider that an identity belongs to';
comment on column identity_link.issuer is 'oidc: the issuer; ldap: the one directory there is';
comment on column identity_link.profile is 'what the provider said at the last login';
comment on column identity_link.subject is 'who it is to the issuer, for good; names and e-mail addresses may change hands';

create table identity_role_assignment (
  id bigint not null generated always as identity,
  identity_id bigint not null,
  role text not null,
  source role_source not null default 'manual'::role_source,
  managed boolean not null default false,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint identity_role_assignment_identity_fkey FOREIGN KEY (identity_id) REFERENCES identity(id) ON DELETE CASCADE,
  constraint identity_role_assignment_pair_key UNIQUE (identity_id, role),
  constraint identity_role_assignment_pkey PRIMARY KEY (id),
  constraint identity_role_assignment_role_check CHECK ((role <> ''::text))
);
CREATE TRIGGER identity_role_assignment_set_updated BEFORE UPDATE ON public.identity_role_assignment FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column identity_role_assignment.managed is 'kept in step with the provider at each login; not editable';

create table inquiry (
  id bigint not null generated always as identity,
  execution bigint not null,
  prompt text not null,
  response_schema jsonb,
  default_response jsonb,
  assigned_to bigint,
  status inquiry_status not null default 'pending'::inquiry_status,
  response jsonb,
  responded_by bigint,
  timeout_at timestamp with time zone,
  responded_at timestamp with time zone,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint inquiry_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES identity(id) ON DELETE SET NULL,
  constraint inquiry_execution_key UNIQUE (execution),
  constraint inquiry_pkey PRIMARY KEY (id),
  constraint inquiry_prompt_check CHECK ((prompt <> ''::text)),
  constraint inquiry_responded_by_fkey FOREIGN KEY (responded_by) REFERENCES identity(id) ON DELETE SET NULL
);
CREATE INDEX inquiry_assigned_to_idx ON public.inquiry USING btree (assigned_to) WHERE (assigned_to IS NOT NULL);
CREATE INDEX inquiry_deadline_idx ON public.inquiry USING btree (timeout_at) WHERE (status = 'pending'::inquiry_status);
CREATE INDEX inquiry_responded_by_idx ON public.inquiry USING btree (responded_by) WHERE (responded_by IS NOT NULL);
CREATE TRIGGER inquiry_notify_created AFTER INSERT ON public.inquiry REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION inquiry_notify_created();
CREATE TRIGGER inquiry_notify_status AFTER UPDATE ON public.inquiry REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION inquiry_notify_status();
CREATE TRIGGER inquiry_set_updated BEFORE UPDATE ON public.inquiry FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column inquiry.assigned_to is 'null: anybody with the right may answer';
comment on column inquiry.default_response is 'used at the deadline; null: none';
comment on column inquiry.timeout_at is 'null: waits without limit';

create table integration_token (
  id bigint not null generated always as identity,
  identity_id bigint not null,
  label text not null,
  description text,
  token_hash text not null,
  token_prefix text not null,
  token_suffix text not null,
  created_by bigint,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  last_used_ip inet,
  revoked_at timestamp with time zone,
  revoked_by bigint,
  revocation_reason text,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint integration_token_created_by_fkey FOREIGN KEY (created_by) REFERENCES identity(id) ON DELETE SET NULL,
  constraint integration_token_hash_key UNIQUE (token_hash),
  constraint integration_token_identity_fkey FOREIGN KEY (identity_id) REFERENCES identity(id) ON DELETE CASCADE,
  constraint integration_token_label_check CHECK ((label <> ''::text)),
  constraint integration_token_pkey PRIMARY KEY (id),
  constraint integration_token_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES identity(id) ON DELETE SET NULL
);
CREATE INDEX integration_token_identity_idx ON public.integration_token USING btree (identity_id);
CREATE TRIGGER integration_token_set_updated BEFORE UPDATE ON public.integration_token FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column integration_token.expires_at is 'null: never';
comment on column integration_token.token_hash is 'base64url SHA-256 of the token; the token is not kept';

create table key (
  id bigint not null generated always as identity,
  ref text not null,
  owner_type owner_type not null,
  owner text generated always as (
CASE owner_type
    WHEN 'system'::owner_type THEN 'system'::text
    WHEN 'identity'::owner_type THEN (owner_identity)::text
    WHEN 'pack'::owner_type THEN (owner_pack)::text
    WHEN 'action'::owner_type THEN (owner_action)::text
    WHEN 'sensor'::owner_type THEN (owner_sensor)::text
    ELSE NULL::text
END) stored,
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
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint key_encrypted_check CHECK ((encrypted = (encryption_key_hash IS NOT NULL))),
  constraint key_name_check CHECK ((name <> ''::text)),
  constraint key_name_key UNIQUE (owner_type, owner, name),
  constraint key_owner_action_fkey FOREIGN KEY (owner_action) REFERENCES action(id) ON DELETE CASCADE,
  constraint key_owner_check CHECK (((owner IS NOT NULL) AND (num_nonnulls(owner_identity, owner_pack, owner_action, owner_sensor) =
CASE
    WHEN (owner_type = 'system'::owner_type) THEN 0
    ELSE 1
END))),
  constraint key_owner_identity_fkey FOREIGN KEY (owner_identity) REFERENCES identity(id) ON DELETE CASCADE,
  constraint key_owner_pack_fkey FOREIGN KEY (owner_pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint key_owner_sensor_fkey FOREIGN KEY (owner_sensor) REFERENCES sensor(id) ON DELETE CASCADE,
  constraint key_pkey PRIMARY KEY (id),
  constraint key_ref_check CHECK (((ref = lower(ref)) AND (ref ~ '^[^.[:space:]]+(\.[^.[:space:]]+)*$'::text))),
  constraint key_ref_key UNIQUE (ref)
);
CREATE INDEX key_owner_action_idx ON public.key USING btree (owner_action) WHERE (owner_action IS NOT NULL);
CREATE INDEX key_owner_identity_idx ON public.key USING btree (owner_identity) WHERE (owner_identity IS NOT NULL);
CREATE INDEX key_owner_pack_idx ON public.key USING btree (owner_pack) WHERE (owner_pack IS NOT NULL);
CREATE INDEX key_owner_sensor_idx ON public.key USING btree (owner_sensor) WHERE (owner_sensor IS NOT NULL);
CREATE TRIGGER key_set_updated BEFORE UPDATE ON public.key FOR EACH ROW EXECUTE FUNCTION set_updated();
comment on column key.encryption_key_hash is 'SHA-256 hex of the key it was encrypted with; null: not encrypted';
comment on column key.owner is '"system", or the id of the owner as text';
comment on column key.value is 'when encrypted: a JSON string, base64(nonce12 || ciphertext || tag)';

create table login_attempt (
  scope text not null,
  key text not null,
  level double precision not null,
  counted_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint login_attempt_level_check CHECK ((level >= (0)::double precision)),
  constraint login_attempt_pkey PRIMARY KEY (scope, key)
);
CREATE INDEX login_attempt_expires_at_idx ON public.login_attempt USING btree (expires_at);
comment on table login_attempt is 'failed logins, counted in buckets that leak';
comment on column login_attempt.expires_at is 'from then on the row says nothing and may go';
comment on column login_attempt.key is 'keyed digest of login, address or both: neither is kept';
comment on column login_attempt.level is 'how full the bucket was at counted_at, 0 to 1; it leaks empty in one window';

create table message_inbox (
  message_id bigint not null,
  created timestamp with time zone not null,
  consumed_at timestamp with time zone not null default now(),
  constraint message_inbox_pkey PRIMARY KEY (message_id, created)
);
CREATE INDEX message_inbox_consumed_at_idx ON public.message_inbox USING btree (consumed_at);
comment on table message_inbox is 'messages from the broker that were handled';
comment on column message_inbox.created is 'of the outbox message; ids alone could come again after a restored backup';
comment on column message_inbox.message_id is 'of the outbox message it was';

create table notification (
  id bigint not null generated always as identity,
  notification_type text not null default 'attune_notifications'::text,
  entity_type text not null,
  entity_id bigint,
  user_id bigint,
  payload jsonb not null default '{}'::jsonb,
  created timestamp with time zone not null default now(),
  constraint notification_pkey PRIMARY KEY (id),
  constraint notification_user_fkey FOREIGN KEY (user_id) REFERENCES identity(id) ON DELETE CASCADE
);
CREATE INDEX notification_created_idx ON public.notification USING btree (created);
CREATE INDEX notification_user_idx ON public.notification USING btree (user_id, created DESC);
CREATE TRIGGER notification_notify_created AFTER INSERT ON public.notification REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION notification_notify_created();
comment on column notification.user_id is 'null: for everybody';

create table outbox_message (
  id bigint not null generated always as identity,
  queue text not null,
  topic text not null,
  payload jsonb not null,
  attempt integer not null default 0,
  available_at timestamp with time zone not null default now(),
  last_error text,
  created timestamp with time zone not null default now(),
  relayed_until timestamp with time zone,
  constraint outbox_message_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_threshold=1000, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_cost_delay=0, vacuum_truncate=off);
CREATE INDEX outbox_message_queue_idx ON public.outbox_message USING btree (queue, available_at, id);
CREATE TRIGGER outbox_message_notify AFTER INSERT ON public.outbox_message REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION outbox_message_notify();
comment on column outbox_message.attempt is 'failed tries so far';
comment on column outbox_message.queue is 'the consumer group; a topic with two groups has two rows';
comment on column outbox_message.relayed_until is 'until then a relay has it in hand, on its way to the broker; null: nobody has';

create table pack (
  id bigint not null generated always as identity,
  ref text not null,
  label text not null,
  description text,
  version text not null,
  conf_schema jsonb not null default '{}'::jsonb,
  config jsonb not null default '{}'::jsonb,
  meta jsonb not null default '{}'::jsonb,
  tags text[] not null default '{}'::text[],
  runtime_deps text[] not null default '{}'::text[],
  dependencies text[] not null default '{}'::text[],
  is_standard boolean not null default false,
  enabled boolean not null default true,
  installed_by bigint,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint pack_installed_by_fkey FOREIGN KEY (installed_by) REFERENCES identity(id) ON DELETE SET NULL,
  constraint pack_pkey PRIMARY KEY (id),
  constraint pack_ref_check CHECK ((ref ~ '^[a-z][a-z0-9_-]+$'::text)),
  constraint pack_ref_key UNIQUE (ref),
  constraint pack_version_check CHECK ((version ~ '^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$'::text))
);
CREATE TRIGGER pack_set_updated BEFORE UPDATE ON public.pack FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column pack.enabled is 'an operator''s choice; a reload of the pack keeps it';
comment on column pack.meta is 'free form, plus where the pack came from (source_type, checksum, …)';

create table pack_environment (
  id bigint not null generated always as identity,
  env_key text not null,
  pack bigint not null,
  pack_ref text not null,
  runtime bigint,
  runtime_ref text not null,
  runtime_version text,
  status pack_environment_status not null default 'pending'::pack_environment_status,
  env_path text not null,
  manifest_checksum text,
  attempt integer not null default 0,
  claimed_by text,
  lease_expires_at timestamp with time zone,
  last_error text,
  installed_at timestamp with time zone,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint pack_environment_attempt_check CHECK ((attempt >= 0)),
  constraint pack_environment_env_key_key UNIQUE (env_key),
  constraint pack_environment_lease_check CHECK (((claimed_by IS NULL) = (lease_expires_at IS NULL))),
  constraint pack_environment_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint pack_environment_pkey PRIMARY KEY (id),
  constraint pack_environment_runtime_fkey FOREIGN KEY (runtime) REFERENCES runtime(id) ON DELETE SET NULL
);
CREATE INDEX pack_environment_pack_idx ON public.pack_environment USING btree (pack);
CREATE INDEX pack_environment_runtime_idx ON public.pack_environment USING btree (runtime);
CREATE TRIGGER pack_environment_set_updated BEFORE UPDATE ON public.pack_environment FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column pack_environment.claimed_by is 'the one builder, until lease_expires_at; null: nobody builds';
comment on column pack_environment.manifest_checksum is 'SHA-256 of the dependency manifest it was built from; null: none';
comment on column pack_environment.runtime_version is 'null: the runtime''s default interpreter';

create table pack_registry_index (
  id bigint not null generated always as identity,
  name text,
  url text not null,
  position integer not null default 0,
  enabled boolean not null default true,
  headers jsonb not null default '{}'::jsonb,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint pack_registry_index_pkey PRIMARY KEY (id),
  constraint pack_registry_index_url_check CHECK ((url ~ '^https?://'::text)),
  constraint pack_registry_index_url_key UNIQUE (url)
);
CREATE TRIGGER pack_registry_index_set_updated BEFORE UPDATE ON public.pack_registry_index FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();

create table pack_test_execution (
  id bigint not null generated always as identity,
  pack_id bigint not null,
  pack_version text not null,
  execution_time timestamp with time zone not null,
  trigger_reason pack_test_reason not null,
  total_tests integer not null,
  passed integer not null,
  failed integer not null,
  skipped integer not null,
  pass_rate double precision not null,
  duration_ms bigint not null,
  result jsonb,
  created timestamp with time zone not null default now(),
  constraint pack_test_execution_counts_check CHECK (((LEAST(total_tests, passed, failed, skipped) >= 0) AND (((passed + failed) + skipped) <= total_tests))),
  constraint pack_test_execution_duration_ms_check CHECK ((duration_ms >= 0)),
  constraint pack_test_execution_pack_fkey FOREIGN KEY (pack_id) REFERENCES pack(id) ON DELETE CASCADE,
  constraint pack_test_execution_pass_rate_check CHECK (((pass_rate >= (0)::double precision) AND (pass_rate <= (1)::double precision))),
  constraint pack_test_execution_pkey PRIMARY KEY (id)
);
CREATE INDEX pack_test_execution_pack_idx ON public.pack_test_execution USING btree (pack_id, execution_time DESC);

create table permission_assignment (
  id bigint not null generated always as identity,
  identity_id bigint not null,
  permission_set_id bigint not null,
  created timestamp with time zone not null default now(),
  constraint permission_assignment_identity_fkey FOREIGN KEY (identity_id) REFERENCES identity(id) ON DELETE CASCADE,
  constraint permission_assignment_pair_key UNIQUE (identity_id, permission_set_id),
  constraint permission_assignment_permission_set_fkey FOREIGN KEY (permission_set_id) REFERENCES permission_set(id) ON DELETE CASCADE,
  constraint permission_assignment_pkey PRIMARY KEY (id)
);
CREATE INDEX permission_assignment_permission_set_idx ON public.permission_assignment USING btree (permission_set_id);

create table permission_set (
  id bigint not null generated always as identity,
  ref text not null,
  pack bigint,
  pack_ref text,
  label text,
  description text,
  grants jsonb not null default '[]'::jsonb,
  is_adhoc boolean not null default false,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint permission_set_grants_check CHECK ((jsonb_typeof(grants) = 'array'::text)),
  constraint permission_set_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint permission_set_pkey PRIMARY KEY (id),
  constraint permission_set_ref_check CHECK (((ref = lower(ref)) AND (ref ~ '^[^.[:space:]]+\.[^.[:space:]]+$'::text))),
  constraint permission_set_ref_key UNIQUE (ref)
);
CREATE INDEX permission_set_pack_idx ON public.permission_set USING btree (pack);
CREATE TRIGGER permission_set_set_updated BEFORE UPDATE ON public.permission_set FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column permission_set.grants is 'array of {resource, actions[], constraints?}';

create table permission_set_role_assignment (
  id bigint not null generated always as identity,
  permission_set_id bigint not null,
  role text not null,
  created timestamp with time zone not null default now(),
  constraint permission_set_role_assignment_pair_key UNIQUE (permission_set_id, role),
  constraint permission_set_role_assignment_permission_set_fkey FOREIGN KEY (permission_set_id) REFERENCES permission_set(id) ON DELETE CASCADE,
  constraint permission_set_role_assignment_pkey PRIMARY KEY (id),
  constraint permission_set_role_assignment_role_check CHECK ((role <> ''::text))
);
CREATE INDEX permission_set_role_assignment_role_idx ON public.permission_set_role_assignment USING btree (role);

create table policy (
  id bigint not null generated always as identity,
  ref text not null,
  pack bigint,
  pack_ref text,
  name text not null,
  description text,
  tags text[] not null default '{}'::text[],
  scope_pack_ref text,
  action bigint,
  action_ref text,
  method policy_method not null default 'enqueue'::policy_method,
  threshold integer not null,
  parameters text[] not null default '{}'::text[],
  queue_timeout_seconds integer,
  rate jsonb,
  quota jsonb,
  enabled boolean not null default true,
  is_adhoc boolean not null default false,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint policy_action_fkey FOREIGN KEY (action) REFERENCES action(id) ON DELETE SET NULL,
  constraint policy_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint policy_pkey PRIMARY KEY (id),
  constraint policy_queue_timeout_seconds_check CHECK ((queue_timeout_seconds > 0)),
  constraint policy_ref_check CHECK (((ref = lower(ref)) AND (ref ~ '^[^.[:space:]]+\.[^.[:space:]]+$'::text))),
  constraint policy_ref_key UNIQUE (ref),
  constraint policy_scope_check CHECK ((num_nonnulls(scope_pack_ref, action_ref) <= 1)),
  constraint policy_threshold_check CHECK ((threshold > 0))
);
CREATE INDEX policy_action_idx ON public.policy USING btree (action);
CREATE INDEX policy_pack_idx ON public.policy USING btree (pack);
CREATE INDEX policy_scope_idx ON public.policy USING btree (action_ref, scope_pack_ref) WHERE enabled;
CREATE TRIGGER policy_admission_delete AFTER DELETE ON public.policy REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION reconsider_admission();
CREATE TRIGGER policy_admission_insert AFTER INSERT ON public.policy REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION reconsider_admission();
CREATE TRIGGER policy_admission_update AFTER UPDATE ON public.policy REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION reconsider_admission();
CREATE TRIGGER policy_set_updated BEFORE UPDATE ON public.policy FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column policy.pack is 'the pack that brings the policy, not the one it limits';
comment on column policy.parameters is 'executions with equal values of these parameters share a group';
comment on column policy.queue_timeout_seconds is 'null: waits without limit';
comment on column policy.quota is '{max, period}; null: no quota';
comment on column policy.rate is '{max, window_seconds}; null: no rate limit';
comment on column policy.scope_pack_ref is 'limits this pack; with action_ref null too the policy is global. Refs decide, ids may be null';

create table queue_stats (
  action_id bigint not null,
  action_ref text not null,
  queue_length integer not null default 0,
  active_count integer not null default 0,
  max_concurrent integer not null default 1,
  oldest_enqueued_at timestamp with time zone,
  total_enqueued bigint not null default 0,
  total_completed bigint not null default 0,
  last_updated timestamp with time zone not null default now(),
  constraint queue_stats_action_fkey FOREIGN KEY (action_id) REFERENCES action(id) ON DELETE CASCADE,
  constraint queue_stats_pkey PRIMARY KEY (action_id)
);
comment on table queue_stats is 'how full the concurrency policy of an action is; written by the executor';
comment on column queue_stats.oldest_enqueued_at is 'null: nobody waits';

create table retention_config (
  id smallint not null default 1,
  config jsonb not null,
  updated_by bigint,
  updated timestamp with time zone not null default now(),
  constraint retention_config_one_row CHECK ((id = 1)),
  constraint retention_config_pkey PRIMARY KEY (id),
  constraint retention_config_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES identity(id) ON DELETE SET NULL
);
comment on table retention_config is 'at most one row; without it the defaults hold';
comment on column retention_config.config is 'the whole of it, as the API takes it';
comment on column retention_config.updated_by is 'null: that identity is gone';

create table rollup_late_change (
  source text not null,
  bucket timestamp with time zone not null
);
CREATE INDEX rollup_late_change_source_idx ON public.rollup_late_change USING btree (source);
comment on table rollup_late_change is 'hours to count anew, because rows in them changed; repeats are normal';

create table rollup_source (
  source text not null,
  watermark timestamp with time zone not null default '-infinity'::timestamp with time zone,
  tracked_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  refreshed_at timestamp with time zone,
  constraint rollup_source_pkey PRIMARY KEY (source)
);
comment on table rollup_source is 'a table that is summed up by hour, and how far that has got';
comment on column rollup_source.tracked_until is 'changes to rows before it are noted in rollup_late_change';
comment on column rollup_source.watermark is 'hours before it are read from the rollup tables, later rows are counted live';

create table rule (
  id bigint not null generated always as identity,
  ref text not null,
  pack bigint not null,
  pack_ref text not null,
  label text not null,
  description text,
  action bigint,
  action_ref text not null,
  trigger bigint,
  trigger_ref text not null,
  conditions jsonb not null default '{}'::jsonb,
  action_params jsonb not null default '{}'::jsonb,
  trigger_params jsonb not null default '{}'::jsonb,
  permission_set_refs text[],
  enabled boolean not null default true,
  is_adhoc boolean not null default false,
  owner_identity bigint,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint rule_action_fkey FOREIGN KEY (action) REFERENCES action(id) ON DELETE SET NULL,
  constraint rule_owner_identity_fkey FOREIGN KEY (owner_identity) REFERENCES identity(id) ON DELETE SET NULL,
  constraint rule_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint rule_pkey PRIMARY KEY (id),
  constraint rule_ref_check CHECK (((ref = lower(ref)) AND (ref ~ '^[^.[:space:]]+\.[^.[:space:]]+$'::text))),
  constraint rule_ref_key UNIQUE (ref),
  constraint rule_trigger_fkey FOREIGN KEY (trigger) REFERENCES trigger(id) ON DELETE SET NULL
);
CREATE INDEX rule_action_idx ON public.rule USING btree (action);
CREATE INDEX rule_owner_identity_idx ON public.rule USING btree (owner_identity);
CREATE INDEX rule_pack_idx ON public.rule USING btree (pack);
CREATE INDEX rule_trigger_idx ON public.rule USING btree (trigger);
CREATE TRIGGER rule_set_updated BEFORE UPDATE ON public.rule FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column rule.action is 'null: the action is gone (action_ref stays); the rule does nothing';
comment on column rule.owner_identity is 'who executes; null: the system identity';
comment on column rule.permission_set_refs is 'null: the action''s default; empty: the execution gets no token';

create table runtime (
  id bigint not null generated always as identity,
  ref text not null,
  pack bigint,
  pack_ref text,
  name text not null,
  aliases text[] not null default '{}'::text[],
  description text,
  distributions jsonb not null default '{}'::jsonb,
  installation jsonb not null default '{}'::jsonb,
  execution_config jsonb not null default '{}'::jsonb,
  is_adhoc boolean not null default false,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint runtime_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint runtime_pkey PRIMARY KEY (id),
  constraint runtime_ref_check CHECK (((ref = lower(ref)) AND (ref <> ''::text))),
  constraint runtime_ref_key UNIQUE (ref)
);
CREATE INDEX runtime_pack_idx ON public.runtime USING btree (pack);
CREATE TRIGGER runtime_set_updated BEFORE UPDATE ON public.runtime FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column runtime.aliases is 'other names in lower case, such as python3';
comment on column runtime.pack is 'null: made over the API, belongs to no pack';

create table runtime_version (
  id bigint not null generated always as identity,
  runtime bigint not null,
  runtime_ref text not null,
  version text not null,
  is_default boolean not null default false,
  execution_config jsonb not null default '{}'::jsonb,
  distributions jsonb not null default '{}'::jsonb,
  meta jsonb not null default '{}'::jsonb,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint runtime_version_pkey PRIMARY KEY (id),
  constraint runtime_version_runtime_fkey FOREIGN KEY (runtime) REFERENCES runtime(id) ON DELETE CASCADE,
  constraint runtime_version_version_check CHECK ((version <> ''::text)),
  constraint runtime_version_version_key UNIQUE (runtime, version)
);
CREATE UNIQUE INDEX runtime_version_default_key ON public.runtime_version USING btree (runtime) WHERE is_default;
CREATE TRIGGER runtime_version_set_updated BEFORE UPDATE ON public.runtime_version FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on table runtime_version is 'versions a runtime knows; which of them exist is per worker, in worker.capabilities';
comment on column runtime_version.execution_config is 'complete, not a patch of the runtime''s own';

create table sensor (
  id bigint not null generated always as identity,
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
  config jsonb not null default '{}'::jsonb,
  worker_selector jsonb not null default '{}'::jsonb,
  worker_tolerations jsonb not null default '[]'::jsonb,
  worker_affinity jsonb not null default '{}'::jsonb,
  artifact_retention_policy retention_policy_type,
  artifact_retention_limit integer,
  log_retention_policy retention_policy_type,
  log_retention_limit integer,
  poll_interval_seconds integer,
  tags text[] not null default '{}'::text[],
  meta jsonb not null default '{}'::jsonb,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint sensor_artifact_retention_limit_check CHECK ((artifact_retention_limit > 0)),
  constraint sensor_log_retention_limit_check CHECK ((log_retention_limit > 0)),
  constraint sensor_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint sensor_pkey PRIMARY KEY (id),
  constraint sensor_poll_interval_seconds_check CHECK ((poll_interval_seconds > 0)),
  constraint sensor_ref_check CHECK (((ref = lower(ref)) AND (ref ~ '^[^.[:space:]]+\.[^.[:space:]]+$'::text))),
  constraint sensor_ref_key UNIQUE (ref),
  constraint sensor_runtime_fkey FOREIGN KEY (runtime) REFERENCES runtime(id)
);
CREATE INDEX sensor_pack_idx ON public.sensor USING btree (pack);
CREATE INDEX sensor_runtime_idx ON public.sensor USING btree (runtime);
CREATE TRIGGER sensor_set_updated BEFORE UPDATE ON public.sensor FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column sensor.poll_interval_seconds is 'told to the process, which may ignore it';
comment on column sensor.runtime is 'a runtime in use by a sensor cannot be deleted: a sensor without one is no sensor';

create table time_series_retention (
  table_name text not null,
  keep interval,
  constraint time_series_retention_keep_check CHECK ((keep > '00:00:00'::interval)),
  constraint time_series_retention_pkey PRIMARY KEY (table_name)
);
comment on table time_series_retention is 'how long maintenance keeps the rows of each time-series table';
comment on column time_series_retention.keep is 'null: for ever';

create table trigger (
  id bigint not null generated always as identity,
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
  webhook_config jsonb not null default '{}'::jsonb,
  sensor bigint,
  sensor_ref text,
  is_adhoc boolean not null default false,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint trigger_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint trigger_pkey PRIMARY KEY (id),
  constraint trigger_ref_check CHECK (((ref = lower(ref)) AND (ref ~ '^[^.[:space:]]+\.[^.[:space:]]+$'::text))),
  constraint trigger_ref_key UNIQUE (ref),
  constraint trigger_sensor_fkey FOREIGN KEY (sensor) REFERENCES sensor(id) ON DELETE SET NULL,
  constraint trigger_webhook_enabled_check CHECK (((NOT webhook_enabled) OR (webhook_key IS NOT NULL))),
  constraint trigger_webhook_key_check CHECK ((webhook_key ~ '^wh_[0-9a-f]{32}$'::text)),
  constraint trigger_webhook_key_key UNIQUE (webhook_key)
);
CREATE INDEX trigger_pack_idx ON public.trigger USING btree (pack);
CREATE INDEX trigger_sensor_idx ON public.trigger USING btree (sensor);
CREATE TRIGGER trigger_set_updated BEFORE UPDATE ON public.trigger FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column trigger.sensor is 'the sensor that produces this trigger; null: API, webhook or platform';
comment on column trigger.webhook_config is '{payload_size_limit_kb, ip_whitelist, rate_limit, hmac}; the hmac secret is stored encrypted';
comment on column trigger.webhook_key is 'the secret part of the URL; null: no webhook';

create table webhook_event_log (
  id bigint not null generated always as identity,
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
  created timestamp with time zone not null default now(),
  constraint webhook_event_log_pkey PRIMARY KEY (id),
  constraint webhook_event_log_status_code_check CHECK (((status_code >= 100) AND (status_code <= 599))),
  constraint webhook_event_log_trigger_fkey FOREIGN KEY (trigger) REFERENCES trigger(id) ON DELETE SET NULL
);
CREATE INDEX webhook_event_log_created_idx ON public.webhook_event_log USING btree (created);
CREATE INDEX webhook_event_log_trigger_idx ON public.webhook_event_log USING btree (trigger, created DESC);
comment on table webhook_event_log is 'every request to a webhook, refused ones too';
comment on column webhook_event_log.event is 'may dangle: events have their own retention';
comment on column webhook_event_log.hmac_verified is 'null: not checked';
comment on column webhook_event_log.ip_allowed is 'null: not checked';
comment on column webhook_event_log.webhook_key is 'last four characters only';

create table worker (
  id bigint not null generated always as identity,
  name text not null,
  worker_type worker_type not null default 'local'::worker_type,
  worker_role worker_role not null default 'action'::worker_role,
  host text,
  port integer,
  status worker_status not null default 'active'::worker_status,
  capabilities jsonb not null default '{}'::jsonb,
  labels jsonb not null default '{}'::jsonb,
  taints jsonb not null default '[]'::jsonb,
  meta jsonb not null default '{}'::jsonb,
  last_heartbeat timestamp with time zone,
  cordoned boolean not null default false,
  cordon_reason text,
  cordoned_by bigint,
  cordoned_at timestamp with time zone,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint worker_cordoned_by_fkey FOREIGN KEY (cordoned_by) REFERENCES identity(id) ON DELETE SET NULL,
  constraint worker_name_check CHECK ((name <> ''::text)),
  constraint worker_name_key UNIQUE (name),
  constraint worker_pkey PRIMARY KEY (id),
  constraint worker_port_check CHECK (((port >= 1) AND (port <= 65535)))
);
CREATE TRIGGER worker_history_delete AFTER DELETE ON public.worker FOR EACH ROW EXECUTE FUNCTION record_worker_history();
CREATE TRIGGER worker_history_insert AFTER INSERT ON public.worker REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_worker_history();
CREATE TRIGGER worker_history_update AFTER UPDATE ON public.worker REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_worker_history();
CREATE TRIGGER worker_set_updated BEFORE UPDATE ON public.worker FOR EACH ROW EXECUTE FUNCTION set_updated();
comment on column worker.capabilities is '{runtimes: {name: [versions]}, max_concurrent_executions, …} as the worker last reported';
comment on column worker.cordoned is 'gets no new work; running work continues';
comment on column worker.last_heartbeat is 'null: registered, never heard of since';

create table worker_history (
  time timestamp with time zone not null,
  operation text not null,
  entity_id bigint not null,
  entity_ref text,
  changed_fields text[] not null,
  old_values jsonb,
  new_values jsonb,
  constraint worker_history_operation_check CHECK ((operation = ANY (ARRAY['INSERT'::text, 'UPDATE'::text, 'DELETE'::text])))
) partition by RANGE ("time");
CREATE INDEX worker_history_entity_idx ON ONLY public.worker_history USING btree (entity_id, "time" DESC);
CREATE INDEX worker_history_time_idx ON ONLY public.worker_history USING btree ("time" DESC);
CREATE TRIGGER worker_history_late_delete AFTER DELETE ON public.worker_history REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_worker_history();
CREATE TRIGGER worker_history_late_insert AFTER INSERT ON public.worker_history REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_worker_history();
CREATE TRIGGER worker_history_late_update AFTER UPDATE ON public.worker_history REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION note_late_worker_history();
comment on table worker_history is 'one row for each change; written by triggers only';
comment on column worker_history.changed_fields is 'of an UPDATE; empty for INSERT and DELETE';
comment on column worker_history.entity_id is 'may dangle: history outlives what it tells of';
comment on column worker_history.new_values is 'the changed fields after; null: DELETE';
comment on column worker_history.old_values is 'the changed fields before; large JSON as {digest, size, type}; null: INSERT';

create table worker_status_hourly_rollup (
  bucket timestamp with time zone not null,
  worker_name text,
  status text,
  transition_count bigint not null,
  constraint worker_status_hourly_rollup_key UNIQUE NULLS NOT DISTINCT (bucket, worker_name, status)
);

create table workflow_definition (
  id bigint not null generated always as identity,
  ref text not null,
  pack bigint not null,
  pack_ref text not null,
  label text not null,
  description text,
  version text not null,
  param_schema jsonb,
  out_schema jsonb,
  definition jsonb not null,
  tags text[] not null default '{}'::text[],
  is_adhoc boolean not null default false,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint workflow_definition_pack_fkey FOREIGN KEY (pack) REFERENCES pack(id) ON DELETE CASCADE,
  constraint workflow_definition_pkey PRIMARY KEY (id),
  constraint workflow_definition_ref_check CHECK ((ref <> ''::text)),
  constraint workflow_definition_ref_key UNIQUE (ref),
  constraint workflow_definition_version_check CHECK (((length(version) >= 1) AND (length(version) <= 50)))
);
CREATE INDEX workflow_definition_pack_idx ON public.workflow_definition USING btree (pack);
CREATE TRIGGER workflow_definition_set_updated BEFORE UPDATE ON public.workflow_definition FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column workflow_definition.definition is 'the whole graph as it was written, editor data included';

create table workflow_execution (
  id bigint not null generated always as identity,
  execution bigint not null,
  workflow_def bigint,
  status execution_status not null default 'running'::execution_status,
  current_tasks text[] not null default '{}'::text[],
  completed_tasks text[] not null default '{}'::text[],
  failed_tasks text[] not null default '{}'::text[],
  skipped_tasks text[] not null default '{}'::text[],
  variables jsonb not null default '{}'::jsonb,
  task_graph jsonb not null,
  error_message text,
  paused boolean not null default false,
  pause_reason text,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint workflow_execution_execution_key UNIQUE (execution),
  constraint workflow_execution_pkey PRIMARY KEY (id),
  constraint workflow_execution_workflow_def_fkey FOREIGN KEY (workflow_def) REFERENCES workflow_definition(id) ON DELETE SET NULL
);
CREATE INDEX workflow_execution_live_idx ON public.workflow_execution USING btree (updated) WHERE (status = ANY (ARRAY['requested'::execution_status, 'scheduling'::execution_status, 'scheduled'::execution_status, 'running'::execution_status, 'canceling'::execution_status]));
CREATE INDEX workflow_execution_workflow_def_idx ON public.workflow_execution USING btree (workflow_def);
CREATE TRIGGER workflow_execution_notify_status AFTER UPDATE ON public.workflow_execution REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION workflow_execution_notify_status();
CREATE TRIGGER workflow_execution_set_updated BEFORE UPDATE ON public.workflow_execution FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column workflow_execution.paused is 'running children finish, nothing new is dispatched';
comment on column workflow_execution.task_graph is 'the definition as it was at the start: edits do not touch running workflows';
comment on column workflow_execution.workflow_def is 'null: the definition was deleted since';

create table workflow_task_dispatch (
  id bigint not null generated always as identity,
  workflow_execution bigint not null,
  task_name text not null,
  iteration integer not null default 0,
  task_index integer,
  execution bigint,
  created timestamp with time zone not null default now(),
  updated timestamp with time zone not null default now(),
  constraint workflow_task_dispatch_iteration_check CHECK ((iteration >= 0)),
  constraint workflow_task_dispatch_pkey PRIMARY KEY (id),
  constraint workflow_task_dispatch_task_index_check CHECK ((task_index >= 0)),
  constraint workflow_task_dispatch_task_key UNIQUE NULLS NOT DISTINCT (workflow_execution, task_name, iteration, task_index),
  constraint workflow_task_dispatch_workflow_execution_fkey FOREIGN KEY (workflow_execution) REFERENCES workflow_execution(id) ON DELETE CASCADE
);
CREATE INDEX workflow_task_dispatch_execution_idx ON public.workflow_task_dispatch USING btree (execution);
CREATE TRIGGER workflow_task_dispatch_set_updated BEFORE UPDATE ON public.workflow_task_dispatch FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION set_updated();
comment on column workflow_task_dispatch.execution is 'the current attempt; null: not started yet';
comment on column workflow_task_dispatch.iteration is 'loop round, from 0';
comment on column workflow_task_dispatch.task_index is 'position in with_items; null: no items';

create view enforcement_volume_hourly as
 SELECT enforcement_volume_hourly_rollup.bucket,
    enforcement_volume_hourly_rollup.rule_ref,
    enforcement_volume_hourly_rollup.enforcement_count
   FROM enforcement_volume_hourly_rollup
  WHERE (enforcement_volume_hourly_rollup.bucket < ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'enforcement'::text)))
UNION ALL
 SELECT date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
    s.rule_ref,
    count(*) AS enforcement_count
   FROM enforcement s
  WHERE (s.created >= ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'enforcement'::text)))
  GROUP BY (date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone)), s.rule_ref;

create view event_volume_hourly as
 SELECT event_volume_hourly_rollup.bucket,
    event_volume_hourly_rollup.trigger_ref,
    event_volume_hourly_rollup.event_count
   FROM event_volume_hourly_rollup
  WHERE (event_volume_hourly_rollup.bucket < ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'event'::text)))
UNION ALL
 SELECT date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
    s.trigger_ref,
    count(*) AS event_count
   FROM event s
  WHERE (s.created >= ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'event'::text)))
  GROUP BY (date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone)), s.trigger_ref;

create view execution_status_hourly as
 SELECT execution_status_hourly_rollup.bucket,
    execution_status_hourly_rollup.action_ref,
    execution_status_hourly_rollup.status,
    execution_status_hourly_rollup.transition_count
   FROM execution_status_hourly_rollup
  WHERE (execution_status_hourly_rollup.bucket < ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'execution_history'::text)))
UNION ALL
 SELECT date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
    s.entity_ref AS action_ref,
    (s.new_values ->> 'status'::text) AS status,
    count(*) AS transition_count
   FROM execution_history s
  WHERE ((s."time" >= ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'execution_history'::text))) AND ((s.new_values ->> 'status'::text) IS NOT NULL))
  GROUP BY (date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone)), s.entity_ref, (s.new_values ->> 'status'::text);

create view execution_throughput_hourly as
 SELECT execution_throughput_hourly_rollup.bucket,
    execution_throughput_hourly_rollup.action_ref,
    execution_throughput_hourly_rollup.execution_count
   FROM execution_throughput_hourly_rollup
  WHERE (execution_throughput_hourly_rollup.bucket < ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'execution_history'::text)))
UNION ALL
 SELECT date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
    s.entity_ref AS action_ref,
    count(*) AS execution_count
   FROM execution_history s
  WHERE ((s."time" >= ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'execution_history'::text))) AND (s.operation = 'INSERT'::text))
  GROUP BY (date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone)), s.entity_ref;

create view execution_volume_hourly as
 SELECT execution_volume_hourly_rollup.bucket,
    execution_volume_hourly_rollup.action_ref,
    execution_volume_hourly_rollup.status,
    execution_volume_hourly_rollup.execution_count
   FROM execution_volume_hourly_rollup
  WHERE (execution_volume_hourly_rollup.bucket < ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'execution'::text)))
UNION ALL
 SELECT date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
    s.action_ref,
    s.status,
    count(*) AS execution_count
   FROM execution s
  WHERE (s.created >= ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'execution'::text)))
  GROUP BY (date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone)), s.action_ref, s.status;

create view worker_status_hourly as
 SELECT worker_status_hourly_rollup.bucket,
    worker_status_hourly_rollup.worker_name,
    worker_status_hourly_rollup.status,
    worker_status_hourly_rollup.transition_count
   FROM worker_status_hourly_rollup
  WHERE (worker_status_hourly_rollup.bucket < ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'worker_history'::text)))
UNION ALL
 SELECT date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
    s.entity_ref AS worker_name,
    (s.new_values ->> 'status'::text) AS status,
    count(*) AS transition_count
   FROM worker_history s
  WHERE ((s."time" >= ( SELECT w.watermark
           FROM rollup_source w
          WHERE (w.source = 'worker_history'::text))) AND ((s.new_values ->> 'status'::text) IS NOT NULL))
  GROUP BY (date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone)), s.entity_ref, (s.new_values ->> 'status'::text);

CREATE OR REPLACE FUNCTION public.artifact_notify_created()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('artifact_created', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"ref":' || to_json(n.ref)::text, '"type":' || to_json(n.type)::text, '"visibility":' || to_json(n.visibility)::text, '"scope":' || to_json(n.scope)::text, '"owner":' || to_json(n.owner)::text) || '}'
          from new_rows as n
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.artifact_notify_updated()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('artifact_updated', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"ref":' || to_json(n.ref)::text, '"type":' || to_json(n.type)::text, '"visibility":' || to_json(n.visibility)::text, '"scope":' || to_json(n.scope)::text, '"owner":' || to_json(n.owner)::text) || '}'
          from new_rows as n full join old_rows as o on o.id = n.id where n.* is distinct from o.*
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.audit_execution_failure()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin


        insert into audit_event (
          id, created, category, event_type, outcome, actor_identity, actor_login, actor_token_type, resource_type,
          resource_id, resource_ref, details, correlation_chain
        )
        select t.new_id, time_id_created(t.new_id), t.category, t.event_type, t.outcome, t.actor, t.login, t.token_type,
          t.resource_type, t.resource_id, t.resource_ref, t.details, t.chain
        from (
          select time_id(), m.*
          from (
          select
          'execution'::audit_category,
          'execution.' || case n.status
            when 'scheduled' then 'scheduled'
            when 'running' then 'started'
            when 'completed' then 'completed'
            when 'failed' then 'failed'
            when 'timeout' then 'timed_out'
            when 'canceling' then 'canceling'
            when 'cancelled' then 'cancelled'
            when 'abandoned' then 'abandoned'
            else 'status_changed'
          end,
          (case when n.status in ('failed', 'timeout', 'abandoned') then 'failure' else 'success' end)::audit_outcome,
          n.executor, (select i.login from identity as i where i.id = n.executor), 'system'::audit_token_type, 'execution',
          n.id, n.action_ref,
          jsonb_build_object(
            'operation', 'UPDATE', 'old_status', old.status, 'new_status', n.status, 'action_ref', n.action_ref,
            'parent_execution_id', n.parent, 'enforcement_id', n.enforcement, 'worker_id', n.worker,
            'retry_count', n.retry_count, 'max_retries', n.max_retries, 'original_execution', n.original_execution),
          jsonb_strip_nulls(jsonb_build_object(
            'execution_id', n.id, 'enforcement_id', n.enforcement, 'parent_execution_id', n.parent))
          from (select new.*) as n
          ) as m
          offset 0
        ) as t (
          new_id, category, event_type, outcome, actor, login, token_type, resource_type, resource_id, resource_ref, details,
          chain
        );
    return null;
  end
  $function$;

CREATE OR REPLACE FUNCTION public.audit_execution_moves()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    case tg_op
      when 'INSERT' then

        insert into audit_event (
          id, created, category, event_type, outcome, actor_identity, actor_login, actor_token_type, resource_type,
          resource_id, resource_ref, details, correlation_chain
        )
        select t.new_id, time_id_created(t.new_id), t.category, t.event_type, t.outcome, t.actor, t.login, t.token_type,
          t.resource_type, t.resource_id, t.resource_ref, t.details, t.chain
        from (
          select time_id(), m.*
          from (
          select
          'execution'::audit_category,
          'execution.' || case
            when n.workflow_task is not null then 'workflow_child_dispatched'
            when n.original_execution is not null then 'retried'
            else 'requested'
          end,
          (case when 'requested' in ('failed', 'timeout', 'abandoned') then 'failure' else 'success' end)::audit_outcome,
          n.executor, (select i.login from identity as i where i.id = n.executor), 'system'::audit_token_type, 'execution',
          n.id, n.action_ref,
          jsonb_build_object(
            'operation', 'INSERT', 'old_status', null, 'new_status', 'requested', 'action_ref', n.action_ref,
            'parent_execution_id', n.parent, 'enforcement_id', n.enforcement, 'worker_id', n.worker,
            'retry_count', n.retry_count, 'max_retries', n.max_retries, 'original_execution', n.original_execution),
          jsonb_strip_nulls(jsonb_build_object(
            'execution_id', n.id, 'enforcement_id', n.enforcement, 'parent_execution_id', n.parent))
          from new_rows as n
          union all
          select
          'execution'::audit_category,
          'execution.' || case n.status
            when 'scheduled' then 'scheduled'
            when 'running' then 'started'
            when 'completed' then 'completed'
            when 'failed' then 'failed'
            when 'timeout' then 'timed_out'
            when 'canceling' then 'canceling'
            when 'cancelled' then 'cancelled'
            when 'abandoned' then 'abandoned'
            else 'status_changed'
          end,
          (case when n.status in ('failed', 'timeout', 'abandoned') then 'failure' else 'success' end)::audit_outcome,
          n.executor, (select i.login from identity as i where i.id = n.executor), 'system'::audit_token_type, 'execution',
          n.id, n.action_ref,
          jsonb_build_object(
            'operation', 'UPDATE', 'old_status', 'requested', 'new_status', n.status, 'action_ref', n.action_ref,
            'parent_execution_id', n.parent, 'enforcement_id', n.enforcement, 'worker_id', n.worker,
            'retry_count', n.retry_count, 'max_retries', n.max_retries, 'original_execution', n.original_execution),
          jsonb_strip_nulls(jsonb_build_object(
            'execution_id', n.id, 'enforcement_id', n.enforcement, 'parent_execution_id', n.parent))
          from new_rows as n
          where n.status <> 'requested'
          ) as m
          offset 0
        ) as t (
          new_id, category, event_type, outcome, actor, login, token_type, resource_type, resource_id, resource_ref, details,
          chain
        );
      when 'UPDATE' then

        insert into audit_event (
          id, created, category, event_type, outcome, actor_identity, actor_login, actor_token_type, resource_type,
          resource_id, resource_ref, details, correlation_chain
        )
        select t.new_id, time_id_created(t.new_id), t.category, t.event_type, t.outcome, t.actor, t.login, t.token_type,
          t.resource_type, t.resource_id, t.resource_ref, t.details, t.chain
        from (
          select time_id(), m.*
          from (
          select
          'execution'::audit_category,
          'execution.' || case n.status
            when 'scheduled' then 'scheduled'
            when 'running' then 'started'
            when 'completed' then 'completed'
            when 'failed' then 'failed'
            when 'timeout' then 'timed_out'
            when 'canceling' then 'canceling'
            when 'cancelled' then 'cancelled'
            when 'abandoned' then 'abandoned'
            else 'status_changed'
          end,
          (case when n.status in ('failed', 'timeout', 'abandoned') then 'failure' else 'success' end)::audit_outcome,
          n.executor, (select i.login from identity as i where i.id = n.executor), 'system'::audit_token_type, 'execution',
          n.id, n.action_ref,
          jsonb_build_object(
            'operation', 'UPDATE', 'old_status', o.status, 'new_status', n.status, 'action_ref', n.action_ref,
            'parent_execution_id', n.parent, 'enforcement_id', n.enforcement, 'worker_id', n.worker,
            'retry_count', n.retry_count, 'max_retries', n.max_retries, 'original_execution', n.original_execution),
          jsonb_strip_nulls(jsonb_build_object(
            'execution_id', n.id, 'enforcement_id', n.enforcement, 'parent_execution_id', n.parent))
          from old_rows as o full join new_rows as n on n.id = o.id
          where o.status is distinct from n.status
          ) as m
          offset 0
        ) as t (
          new_id, category, event_type, outcome, actor, login, token_type, resource_type, resource_id, resource_ref, details,
          chain
        );
    end case;
    return null;
  end
  $function$;

CREATE OR REPLACE FUNCTION public.dispatch_notify()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform pg_notify('attune_dispatch', woken.target)
        from (
          select distinct n.worker::text as target
          from new_rows as n
          where n.available_at <= clock_timestamp()
        ) as woken;
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.end_identity_sessions()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        new.session_version := old.session_version + 1;
        return new;
      end $function$;

CREATE OR REPLACE FUNCTION public.enforcement_notify_created()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('enforcement_created', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"rule_ref":' || to_json(n.rule_ref)::text, '"trigger_ref":' || to_json(n.trigger_ref)::text, '"event":' || to_json(n.event)::text, '"status":' || to_json(n.status)::text) || '}'
          from new_rows as n
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.enforcement_notify_status()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('enforcement_status_changed', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"rule_ref":' || to_json(n.rule_ref)::text, '"trigger_ref":' || to_json(n.trigger_ref)::text, '"event":' || to_json(n.event)::text, '"status":' || to_json(n.status)::text, '"old_status":' || to_json(o.status)::text) || '}'
          from new_rows as n full join old_rows as o on o.id = n.id where n.status is distinct from o.status
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.event_notify_created()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('event_created', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"trigger_ref":' || to_json(n.trigger_ref)::text, '"source_ref":' || to_json(n.source_ref)::text, '"rule_ref":' || to_json(n.rule_ref)::text) || '}'
          from new_rows as n
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.execution_notify_created()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('execution_created', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"action_ref":' || to_json(n.action_ref)::text, '"status":' || to_json(n.status)::text, '"parent":' || to_json(n.parent)::text, '"enforcement":' || to_json(n.enforcement)::text, '"rule_ref":' || to_json(n.rule_ref)::text, '"trigger_ref":' || to_json(n.trigger_ref)::text) || '}'
          from new_rows as n
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.execution_notify_status()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('execution_status_changed', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"action_ref":' || to_json(n.action_ref)::text, '"status":' || to_json(n.status)::text, '"parent":' || to_json(n.parent)::text, '"enforcement":' || to_json(n.enforcement)::text, '"rule_ref":' || to_json(n.rule_ref)::text, '"trigger_ref":' || to_json(n.trigger_ref)::text, '"old_status":' || to_json(o.status)::text) || '}'
          from new_rows as n full join old_rows as o on o.id = n.id where n.status is distinct from o.status
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.history_digest(value jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  declare
    printed text := value::text; -- once: it may be megabytes
  begin
    return jsonb_build_object(
      'digest', 'md5:' || md5(printed), 'size', octet_length(printed), 'type', jsonb_typeof(value));
  end
  $function$;

CREATE OR REPLACE FUNCTION public.inquiry_notify_created()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('inquiry_created', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"execution":' || to_json(n.execution)::text, '"status":' || to_json(n.status)::text) || '}'
          from new_rows as n
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.inquiry_notify_status()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('inquiry_responded', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"execution":' || to_json(n.execution)::text, '"status":' || to_json(n.status)::text) || '}'
          from new_rows as n full join old_rows as o on o.id = n.id where n.status is distinct from o.status and n.status = 'responded'
          order by n.id
        ));
        perform notify_batch('inquiry_timeout', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"execution":' || to_json(n.execution)::text, '"status":' || to_json(n.status)::text) || '}'
          from new_rows as n full join old_rows as o on o.id = n.id where n.status is distinct from o.status and n.status = 'timeout'
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.note_late_enforcement()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      insert into rollup_late_change (source, bucket)
      select distinct 'enforcement', date_bin('1 hour', c.created, timestamptz '2000-01-01 00:00:00+00')
      from changed_rows as c
      where c.created < (select s.tracked_until from rollup_source as s where s.source = 'enforcement');
      return null;
    end
    $function$;

CREATE OR REPLACE FUNCTION public.note_late_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      insert into rollup_late_change (source, bucket)
      select distinct 'event', date_bin('1 hour', c.created, timestamptz '2000-01-01 00:00:00+00')
      from changed_rows as c
      where c.created < (select s.tracked_until from rollup_source as s where s.source = 'event');
      return null;
    end
    $function$;

CREATE OR REPLACE FUNCTION public.note_late_execution()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      insert into rollup_late_change (source, bucket)
      select distinct 'execution', date_bin('1 hour', c.created, timestamptz '2000-01-01 00:00:00+00')
      from changed_rows as c
      where c.created < (select s.tracked_until from rollup_source as s where s.source = 'execution');
      return null;
    end
    $function$;

CREATE OR REPLACE FUNCTION public.note_late_execution_history()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      insert into rollup_late_change (source, bucket)
      select distinct 'execution_history', date_bin('1 hour', c.time, timestamptz '2000-01-01 00:00:00+00')
      from changed_rows as c
      where c.time < (select s.tracked_until from rollup_source as s where s.source = 'execution_history');
      return null;
    end
    $function$;

CREATE OR REPLACE FUNCTION public.note_late_worker_history()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      insert into rollup_late_change (source, bucket)
      select distinct 'worker_history', date_bin('1 hour', c.time, timestamptz '2000-01-01 00:00:00+00')
      from changed_rows as c
      where c.time < (select s.tracked_until from rollup_source as s where s.source = 'worker_history');
      return null;
    end
    $function$;

CREATE OR REPLACE FUNCTION public.notification_notify_created()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('attune_notifications', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"entity_type":' || to_json(n.entity_type)::text, '"entity_id":' || to_json(n.entity_id)::text, '"user_id":' || to_json(n.user_id)::text) || '}'
          from new_rows as n
          order by n.id
        ));
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.notify_batch(channel text, items text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
      begin
        perform pg_notify(channel, '[' || s.batch || ']')
        from (
          select string_agg(p.item, ',' order by p.position) as batch
          from (
            select f.item, f.position,
              (sum(octet_length(f.item) + 1) over (order by f.position) - octet_length(f.item) - 1) / 5900 as slot
            from (
              select i.position,
                case
                  when octet_length(i.item) > 1500 then json_build_object('id', i.item::json -> 'id')::text
                  else i.item
                end as item
              from unnest(items) with ordinality as i (item, position)
            ) as f
          ) as p
          group by p.slot
          order by p.slot
        ) as s;
      end
      $function$;
comment on function notify_batch(text,text[]) is 'sends JSON objects as few arrays below the limit of a notification';

CREATE OR REPLACE FUNCTION public.outbox_message_notify()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform pg_notify('attune_outbox', woken.target)
        from (
          select distinct n.queue::text as target
          from new_rows as n
          where n.available_at <= clock_timestamp()
        ) as woken;
        return null;
      end
      $function$;

CREATE OR REPLACE FUNCTION public.reconsider_admission()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    if exists (select from changed_rows) then
      insert into outbox_message (queue, topic, payload)
      select 'executor.admission', 'admission.released', jsonb_build_object('state_id', s.id, 'reconsider', true)
      from execution_admission_state as s
      where exists (select from execution_admission_entry as a where a.state = s.id and a.status = 'queued')
      order by s.id;
    end if;
    return null;
  end
  $function$;

CREATE OR REPLACE FUNCTION public.record_execution_history()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    case tg_op
      when 'INSERT' then
        insert into execution_history (time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
        select clock_timestamp(), 'INSERT', n.id, n.action_ref, '{}', null,
          ('{' || concat_ws(',', '"status":"requested"', case when n.executor is not null then '"executor":' || coalesce(to_json(n.executor)::text, 'null') end, case when n.parent is not null then '"parent":' || coalesce(to_json(n.parent)::text, 'null') end, case when n.original_execution is not null then '"original_execution":' || coalesce(to_json(n.original_execution)::text, 'null') end, case when n.enforcement is not null then '"enforcement":' || coalesce(to_json(n.enforcement)::text, 'null') end, case when n.rule_ref is not null then '"rule_ref":' || coalesce(to_json(n.rule_ref)::text, 'null') end, case when n.config is not null then '"config":' || coalesce(history_digest(n.config)::text, 'null') end) || '}')::jsonb
        from new_rows as n;
        insert into execution_history (time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
        select clock_timestamp(), 'UPDATE', n.id, n.action_ref, string_to_array(concat_ws(',', case when true then 'status' end, case when n.worker is not null then 'worker' end, case when n.started_at is not null then 'started_at' end, case when n.result is not null then 'result' end), ','),
          ('{' || concat_ws(',', '"status":"requested"', case when n.worker is not null then '"worker":null' end, case when n.started_at is not null then '"started_at":null' end, case when n.result is not null then '"result":null' end) || '}')::jsonb,
          ('{' || concat_ws(',', case when true then '"status":' || coalesce(to_json(n.status)::text, 'null') end, case when n.worker is not null then '"worker":' || coalesce(to_json(n.worker)::text, 'null') end, case when n.started_at is not null then '"started_at":' || coalesce(to_json(n.started_at)::text, 'null') end, case when n.result is not null then '"result":' || coalesce(history_digest(n.result)::text, 'null') end) || '}')::jsonb
        from new_rows as n
        where n.status <> 'requested';
      when 'UPDATE' then
        insert into execution_history (time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
        select clock_timestamp(), 'UPDATE', d.id, d.ref, string_to_array(d.changed, ','),
          ('{' || d.before || '}')::jsonb, ('{' || d.after || '}')::jsonb
        from (
          select n.id, n.action_ref as ref,
            concat_ws(',', case when o.status is distinct from n.status then 'status' end, case when o.worker is distinct from n.worker then 'worker' end, case when o.started_at is distinct from n.started_at then 'started_at' end, case when o.result is distinct from n.result then 'result' end, case when o.retry_count is distinct from n.retry_count then 'retry_count' end, case when o.retry_reason is distinct from n.retry_reason then 'retry_reason' end, case when o.executor is distinct from n.executor then 'executor' end, case when o.workflow_def is distinct from n.workflow_def then 'workflow_def' end, case when o.workflow_task is distinct from n.workflow_task then 'workflow_task' end, case when o.config is distinct from n.config then 'config' end, case when o.env_vars is distinct from n.env_vars then 'env_vars' end) as changed,
            concat_ws(',', case when o.status is distinct from n.status then '"status":' || coalesce(to_json(o.status)::text, 'null') end, case when o.worker is distinct from n.worker then '"worker":' || coalesce(to_json(o.worker)::text, 'null') end, case when o.started_at is distinct from n.started_at then '"started_at":' || coalesce(to_json(o.started_at)::text, 'null') end, case when o.result is distinct from n.result then '"result":' || coalesce(history_digest(o.result)::text, 'null') end, case when o.retry_count is distinct from n.retry_count then '"retry_count":' || coalesce(to_json(o.retry_count)::text, 'null') end, case when o.retry_reason is distinct from n.retry_reason then '"retry_reason":' || coalesce(to_json(o.retry_reason)::text, 'null') end, case when o.executor is distinct from n.executor then '"executor":' || coalesce(to_json(o.executor)::text, 'null') end, case when o.workflow_def is distinct from n.workflow_def then '"workflow_def":' || coalesce(to_json(o.workflow_def)::text, 'null') end, case when o.workflow_task is distinct from n.workflow_task then '"workflow_task":' || coalesce(history_digest(o.workflow_task)::text, 'null') end, case when o.config is distinct from n.config then '"config":' || coalesce(history_digest(o.config)::text, 'null') end, case when o.env_vars is distinct from n.env_vars then '"env_vars":' || coalesce(history_digest(o.env_vars)::text, 'null') end) as before,
            concat_ws(',', case when o.status is distinct from n.status then '"status":' || coalesce(to_json(n.status)::text, 'null') end, case when o.worker is distinct from n.worker then '"worker":' || coalesce(to_json(n.worker)::text, 'null') end, case when o.started_at is distinct from n.started_at then '"started_at":' || coalesce(to_json(n.started_at)::text, 'null') end, case when o.result is distinct from n.result then '"result":' || coalesce(history_digest(n.result)::text, 'null') end, case when o.retry_count is distinct from n.retry_count then '"retry_count":' || coalesce(to_json(n.retry_count)::text, 'null') end, case when o.retry_reason is distinct from n.retry_reason then '"retry_reason":' || coalesce(to_json(n.retry_reason)::text, 'null') end, case when o.executor is distinct from n.executor then '"executor":' || coalesce(to_json(n.executor)::text, 'null') end, case when o.workflow_def is distinct from n.workflow_def then '"workflow_def":' || coalesce(to_json(n.workflow_def)::text, 'null') end, case when o.workflow_task is distinct from n.workflow_task then '"workflow_task":' || coalesce(history_digest(n.workflow_task)::text, 'null') end, case when o.config is distinct from n.config then '"config":' || coalesce(history_digest(n.config)::text, 'null') end, case when o.env_vars is distinct from n.env_vars then '"env_vars":' || coalesce(history_digest(n.env_vars)::text, 'null') end) as after
          from old_rows as o full join new_rows as n on n.id = o.id
          offset 0 -- a fence: without it the comparisons are repeated for each use of "changed"
        ) as d
        where d.changed <> '';
      when 'DELETE' then
        insert into execution_history (time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
        values (clock_timestamp(), 'DELETE', old.id, old.action_ref, '{}',
          ('{' || concat_ws(',', case when old.status is not null then '"status":' || coalesce(to_json(old.status)::text, 'null') end, case when old.worker is not null then '"worker":' || coalesce(to_json(old.worker)::text, 'null') end, case when old.started_at is not null then '"started_at":' || coalesce(to_json(old.started_at)::text, 'null') end, case when old.result is not null then '"result":' || coalesce(history_digest(old.result)::text, 'null') end, case when old.retry_count is not null then '"retry_count":' || coalesce(to_json(old.retry_count)::text, 'null') end, case when old.retry_reason is not null then '"retry_reason":' || coalesce(to_json(old.retry_reason)::text, 'null') end, case when old.executor is not null then '"executor":' || coalesce(to_json(old.executor)::text, 'null') end, case when old.workflow_def is not null then '"workflow_def":' || coalesce(to_json(old.workflow_def)::text, 'null') end, case when old.workflow_task is not null then '"workflow_task":' || coalesce(history_digest(old.workflow_task)::text, 'null') end, case when old.config is not null then '"config":' || coalesce(history_digest(old.config)::text, 'null') end, case when old.env_vars is not null then '"env_vars":' || coalesce(history_digest(old.env_vars)::text, 'null') end) || '}')::jsonb, null);
    end case;
    return null;
  end
  $function$;

CREATE OR REPLACE FUNCTION public.record_worker_history()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    case tg_op
      when 'INSERT' then
        insert into worker_history (time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
        select clock_timestamp(), 'INSERT', n.id, n.name, '{}', null,
          ('{' || concat_ws(',', case when n.status is not null then '"status":' || coalesce(to_json(n.status)::text, 'null') end, case when n.worker_type is not null then '"worker_type":' || coalesce(to_json(n.worker_type)::text, 'null') end, case when n.worker_role is not null then '"worker_role":' || coalesce(to_json(n.worker_role)::text, 'null') end, case when n.host is not null then '"host":' || coalesce(to_json(n.host)::text, 'null') end, case when n.port is not null then '"port":' || coalesce(to_json(n.port)::text, 'null') end, case when n.cordoned is not null then '"cordoned":' || coalesce(to_json(n.cordoned)::text, 'null') end) || '}')::jsonb
        from new_rows as n;
      when 'UPDATE' then
        insert into worker_history (time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
        select clock_timestamp(), 'UPDATE', d.id, d.ref, string_to_array(d.changed, ','),
          ('{' || d.before || '}')::jsonb, ('{' || d.after || '}')::jsonb
        from (
          select n.id, n.name as ref,
            concat_ws(',', case when o.status is distinct from n.status then 'status' end, case when o.worker_type is distinct from n.worker_type then 'worker_type' end, case when o.worker_role is distinct from n.worker_role then 'worker_role' end, case when o.host is distinct from n.host then 'host' end, case when o.port is distinct from n.port then 'port' end, case when o.labels is distinct from n.labels then 'labels' end, case when o.taints is distinct from n.taints then 'taints' end, case when o.cordoned is distinct from n.cordoned then 'cordoned' end, case when o.cordon_reason is distinct from n.cordon_reason then 'cordon_reason' end, case when o.cordoned_by is distinct from n.cordoned_by then 'cordoned_by' end) as changed,
            concat_ws(',', case when o.status is distinct from n.status then '"status":' || coalesce(to_json(o.status)::text, 'null') end, case when o.worker_type is distinct from n.worker_type then '"worker_type":' || coalesce(to_json(o.worker_type)::text, 'null') end, case when o.worker_role is distinct from n.worker_role then '"worker_role":' || coalesce(to_json(o.worker_role)::text, 'null') end, case when o.host is distinct from n.host then '"host":' || coalesce(to_json(o.host)::text, 'null') end, case when o.port is distinct from n.port then '"port":' || coalesce(to_json(o.port)::text, 'null') end, case when o.labels is distinct from n.labels then '"labels":' || coalesce(to_json(o.labels)::text, 'null') end, case when o.taints is distinct from n.taints then '"taints":' || coalesce(to_json(o.taints)::text, 'null') end, case when o.cordoned is distinct from n.cordoned then '"cordoned":' || coalesce(to_json(o.cordoned)::text, 'null') end, case when o.cordon_reason is distinct from n.cordon_reason then '"cordon_reason":' || coalesce(to_json(o.cordon_reason)::text, 'null') end, case when o.cordoned_by is distinct from n.cordoned_by then '"cordoned_by":' || coalesce(to_json(o.cordoned_by)::text, 'null') end) as before,
            concat_ws(',', case when o.status is distinct from n.status then '"status":' || coalesce(to_json(n.status)::text, 'null') end, case when o.worker_type is distinct from n.worker_type then '"worker_type":' || coalesce(to_json(n.worker_type)::text, 'null') end, case when o.worker_role is distinct from n.worker_role then '"worker_role":' || coalesce(to_json(n.worker_role)::text, 'null') end, case when o.host is distinct from n.host then '"host":' || coalesce(to_json(n.host)::text, 'null') end, case when o.port is distinct from n.port then '"port":' || coalesce(to_json(n.port)::text, 'null') end, case when o.labels is distinct from n.labels then '"labels":' || coalesce(to_json(n.labels)::text, 'null') end, case when o.taints is distinct from n.taints then '"taints":' || coalesce(to_json(n.taints)::text, 'null') end, case when o.cordoned is distinct from n.cordoned then '"cordoned":' || coalesce(to_json(n.cordoned)::text, 'null') end, case when o.cordon_reason is distinct from n.cordon_reason then '"cordon_reason":' || coalesce(to_json(n.cordon_reason)::text, 'null') end, case when o.cordoned_by is distinct from n.cordoned_by then '"cordoned_by":' || coalesce(to_json(n.cordoned_by)::text, 'null') end) as after
          from old_rows as o full join new_rows as n on n.id = o.id
          offset 0 -- a fence: without it the comparisons are repeated for each use of "changed"
        ) as d
        where d.changed <> '';
      when 'DELETE' then
        insert into worker_history (time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
        values (clock_timestamp(), 'DELETE', old.id, old.name, '{}',
          ('{' || concat_ws(',', case when old.status is not null then '"status":' || coalesce(to_json(old.status)::text, 'null') end, case when old.worker_type is not null then '"worker_type":' || coalesce(to_json(old.worker_type)::text, 'null') end, case when old.worker_role is not null then '"worker_role":' || coalesce(to_json(old.worker_role)::text, 'null') end, case when old.host is not null then '"host":' || coalesce(to_json(old.host)::text, 'null') end, case when old.port is not null then '"port":' || coalesce(to_json(old.port)::text, 'null') end, case when old.labels is not null then '"labels":' || coalesce(to_json(old.labels)::text, 'null') end, case when old.taints is not null then '"taints":' || coalesce(to_json(old.taints)::text, 'null') end, case when old.cordoned is not null then '"cordoned":' || coalesce(to_json(old.cordoned)::text, 'null') end, case when old.cordon_reason is not null then '"cordon_reason":' || coalesce(to_json(old.cordon_reason)::text, 'null') end, case when old.cordoned_by is not null then '"cordoned_by":' || coalesce(to_json(old.cordoned_by)::text, 'null') end) || '}')::jsonb, null);
    end case;
    return null;
  end
  $function$;

CREATE OR REPLACE FUNCTION public.refresh_enforcement_volume_hourly(first timestamp with time zone, until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
BEGIN ATOMIC
 DELETE FROM enforcement_volume_hourly_rollup r
   WHERE ((r.bucket >= refresh_enforcement_volume_hourly.first) AND (r.bucket < refresh_enforcement_volume_hourly.until));
 INSERT INTO enforcement_volume_hourly_rollup (bucket, rule_ref, enforcement_count)  SELECT date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
             s.rule_ref,
             count(*) AS enforcement_count
            FROM enforcement s
           WHERE ((s.created >= refresh_enforcement_volume_hourly.first) AND (s.created < refresh_enforcement_volume_hourly.until))
           GROUP BY (date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone)), s.rule_ref;
END;
comment on function refresh_enforcement_volume_hourly(timestamp with time zone,timestamp with time zone) is 'counts whole hours [first, until) anew';

CREATE OR REPLACE FUNCTION public.refresh_event_volume_hourly(first timestamp with time zone, until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
BEGIN ATOMIC
 DELETE FROM event_volume_hourly_rollup r
   WHERE ((r.bucket >= refresh_event_volume_hourly.first) AND (r.bucket < refresh_event_volume_hourly.until));
 INSERT INTO event_volume_hourly_rollup (bucket, trigger_ref, event_count)  SELECT date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
             s.trigger_ref,
             count(*) AS event_count
            FROM event s
           WHERE ((s.created >= refresh_event_volume_hourly.first) AND (s.created < refresh_event_volume_hourly.until))
           GROUP BY (date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone)), s.trigger_ref;
END;
comment on function refresh_event_volume_hourly(timestamp with time zone,timestamp with time zone) is 'counts whole hours [first, until) anew';

CREATE OR REPLACE FUNCTION public.refresh_execution_status_hourly(first timestamp with time zone, until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
BEGIN ATOMIC
 DELETE FROM execution_status_hourly_rollup r
   WHERE ((r.bucket >= refresh_execution_status_hourly.first) AND (r.bucket < refresh_execution_status_hourly.until));
 INSERT INTO execution_status_hourly_rollup (bucket, action_ref, status, transition_count)  SELECT date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
             s.entity_ref AS action_ref,
             (s.new_values ->> 'status'::text) AS status,
             count(*) AS transition_count
            FROM execution_history s
           WHERE ((s."time" >= refresh_execution_status_hourly.first) AND (s."time" < refresh_execution_status_hourly.until) AND ((s.new_values ->> 'status'::text) IS NOT NULL))
           GROUP BY (date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone)), s.entity_ref, (s.new_values ->> 'status'::text);
END;
comment on function refresh_execution_status_hourly(timestamp with time zone,timestamp with time zone) is 'counts whole hours [first, until) anew';

CREATE OR REPLACE FUNCTION public.refresh_execution_throughput_hourly(first timestamp with time zone, until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
BEGIN ATOMIC
 DELETE FROM execution_throughput_hourly_rollup r
   WHERE ((r.bucket >= refresh_execution_throughput_hourly.first) AND (r.bucket < refresh_execution_throughput_hourly.until));
 INSERT INTO execution_throughput_hourly_rollup (bucket, action_ref, execution_count)  SELECT date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
             s.entity_ref AS action_ref,
             count(*) AS execution_count
            FROM execution_history s
           WHERE ((s."time" >= refresh_execution_throughput_hourly.first) AND (s."time" < refresh_execution_throughput_hourly.until) AND (s.operation = 'INSERT'::text))
           GROUP BY (date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone)), s.entity_ref;
END;
comment on function refresh_execution_throughput_hourly(timestamp with time zone,timestamp with time zone) is 'counts whole hours [first, until) anew';

CREATE OR REPLACE FUNCTION public.refresh_execution_volume_hourly(first timestamp with time zone, until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
BEGIN ATOMIC
 DELETE FROM execution_volume_hourly_rollup r
   WHERE ((r.bucket >= refresh_execution_volume_hourly.first) AND (r.bucket < refresh_execution_volume_hourly.until));
 INSERT INTO execution_volume_hourly_rollup (bucket, action_ref, status, execution_count)  SELECT date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
             s.action_ref,
             s.status,
             count(*) AS execution_count
            FROM execution s
           WHERE ((s.created >= refresh_execution_volume_hourly.first) AND (s.created < refresh_execution_volume_hourly.until))
           GROUP BY (date_bin('01:00:00'::interval, s.created, '2000-01-01 00:00:00+00'::timestamp with time zone)), s.action_ref, s.status;
END;
comment on function refresh_execution_volume_hourly(timestamp with time zone,timestamp with time zone) is 'counts whole hours [first, until) anew';

CREATE OR REPLACE FUNCTION public.refresh_worker_status_hourly(first timestamp with time zone, until timestamp with time zone)
 RETURNS void
 LANGUAGE sql
BEGIN ATOMIC
 DELETE FROM worker_status_hourly_rollup r
   WHERE ((r.bucket >= refresh_worker_status_hourly.first) AND (r.bucket < refresh_worker_status_hourly.until));
 INSERT INTO worker_status_hourly_rollup (bucket, worker_name, status, transition_count)  SELECT date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone) AS bucket,
             s.entity_ref AS worker_name,
             (s.new_values ->> 'status'::text) AS status,
             count(*) AS transition_count
            FROM worker_history s
           WHERE ((s."time" >= refresh_worker_status_hourly.first) AND (s."time" < refresh_worker_status_hourly.until) AND ((s.new_values ->> 'status'::text) IS NOT NULL))
           GROUP BY (date_bin('01:00:00'::interval, s."time", '2000-01-01 00:00:00+00'::timestamp with time zone)), s.entity_ref, (s.new_values ->> 'status'::text);
END;
comment on function refresh_worker_status_hourly(timestamp with time zone,timestamp with time zone) is 'counts whole hours [first, until) anew';

CREATE OR REPLACE FUNCTION public.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        raise exception 'the audit log is append-only';
      end
      $function$;

CREATE OR REPLACE FUNCTION public.release_admission()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    if not exists (select from execution_admission_entry) then
      return null;
    end if;
    with released as (
      delete from execution_admission_entry as a
      where a.execution = any (array(
        select n.id
        from new_rows as n
        where n.status in ('completed', 'failed', 'timeout', 'cancelled', 'abandoned')
      ))
      returning a.state, a.status
    )
    insert into outbox_message (queue, topic, payload)
    select 'executor.admission', 'admission.released', jsonb_build_object(
      'state_id', r.state, 'completed', count(*) filter (where r.status = 'active'))
    from released as r
    group by r.state
    order by r.state;
    return null;
  end
  $function$;

CREATE OR REPLACE FUNCTION public.release_admission_deleted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    with released as (
      delete from execution_admission_entry as a where a.execution = old.id returning a.state, a.status
    )
    insert into outbox_message (queue, topic, payload)
    select 'executor.admission', 'admission.released', jsonb_build_object('state_id', r.state, 'completed', (r.status = 'active')::int)
    from released as r;
    return null;
  end
  $function$;

CREATE OR REPLACE FUNCTION public.set_updated()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        new.updated := now();
        return new;
      end
      $function$;
comment on function set_updated() is 'row-level before-update trigger: moves "updated", touches nothing else';

CREATE OR REPLACE FUNCTION public.time_id()
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
      declare
        before bigint := floor(extract(epoch from clock_timestamp()) * 1000)::bigint;
        after bigint;
        drawn bigint;
      begin
        loop
          drawn := nextval('time_id_sequence');
          after := floor(extract(epoch from clock_timestamp()) * 1000)::bigint;
          exit when after = before;
          before := after;
        end loop;
        return (before - 1735689600000) * 4096 + drawn;
      end
      $function$;
comment on function time_id() is 'a new time-ordered id: milliseconds since 2025-01-01 UTC times 4096, plus a cyclic sequence value';

CREATE OR REPLACE FUNCTION public.time_id_created(id bigint)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (('2025-01-01 00:00:00'::timestamp without time zone + ((((id * 125) / 512))::double precision * '00:00:00.000001'::interval)) AT TIME ZONE 'UTC'::text);
comment on function time_id_created(bigint) is 'when the row with this time-ordered id was created, floored to the microsecond; the inverse of time_id()';

CREATE OR REPLACE FUNCTION public.workflow_execution_notify_status()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        perform notify_batch('workflow_execution_status_changed', array(
          select '{' || concat_ws(',', '"id":' || to_json(n.id)::text, '"execution":' || to_json(n.execution)::text, '"status":' || to_json(n.status)::text, '"old_status":' || to_json(o.status)::text) || '}'
          from new_rows as n full join old_rows as o on o.id = n.id where n.status is distinct from o.status
          order by n.id
        ));
        return null;
      end
      $function$;
