import { json, run, sql, type Sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type ActionSpec } from '../../format/action.format.js';
import { type PackKey, type Written } from '../written.js';

export interface ActionRow extends Omit<ActionSpec, 'runtime'> {
  /** A runtime that exists. */
  readonly runtime_ref: string;
}

/** Everything of an action its file decides, in the order of every list below. */
const COLUMNS = {
  target: sql`
    pack, pack_ref, label, description, entrypoint, runtime, runtime_ref, runtime_version_constraint,
    required_worker_runtimes, worker_selector, worker_tolerations, worker_affinity, param_schema, out_schema,
    parameter_delivery, parameter_format, output_format, timeout_seconds, enabled, accesses_mcp,
    default_execution_permission_set_refs, artifact_retention_policy, artifact_retention_limit, log_retention_policy,
    log_retention_limit, tags, is_adhoc, workflow_def, invocation`,
  stored: sql`
    action.pack, action.pack_ref, action.label, action.description, action.entrypoint, action.runtime,
    action.runtime_ref, action.runtime_version_constraint, action.required_worker_runtimes, action.worker_selector,
    action.worker_tolerations, action.worker_affinity, action.param_schema, action.out_schema,
    action.parameter_delivery, action.parameter_format, action.output_format, action.timeout_seconds, action.enabled,
    action.accesses_mcp, action.default_execution_permission_set_refs, action.artifact_retention_policy,
    action.artifact_retention_limit, action.log_retention_policy, action.log_retention_limit, action.tags,
    action.is_adhoc, action.workflow_def, action.invocation`,
  excluded: sql`
    excluded.pack, excluded.pack_ref, excluded.label, excluded.description, excluded.entrypoint, excluded.runtime,
    excluded.runtime_ref, excluded.runtime_version_constraint, excluded.required_worker_runtimes,
    excluded.worker_selector, excluded.worker_tolerations, excluded.worker_affinity, excluded.param_schema,
    excluded.out_schema, excluded.parameter_delivery, excluded.parameter_format, excluded.output_format,
    excluded.timeout_seconds, excluded.enabled, excluded.accesses_mcp, excluded.default_execution_permission_set_refs,
    excluded.artifact_retention_policy, excluded.artifact_retention_limit, excluded.log_retention_policy,
    excluded.log_retention_limit, excluded.tags, excluded.is_adhoc, excluded.workflow_def, excluded.invocation`,
} as const satisfies Record<string, Sql>;

/** Writes the actions of a pack and gives those that are new or changed. */
export function upsertActions(db: EntityManager, pack: PackKey, rows: readonly ActionRow[]): Promise<Written[]> {
  return run<Written>(
    db,
    sql`
    insert into action (ref, ${COLUMNS.target})
    select
      r.ref, ${pack.id}, ${pack.ref}, r.label, r.description, r.entrypoint, t.id, t.ref, r.runtime_version_constraint,
      r.required_worker_runtimes, r.worker_selector, r.worker_tolerations, r.worker_affinity, r.param_schema,
      r.out_schema, r.parameter_delivery, r.parameter_format, r.output_format, r.timeout_seconds, r.enabled,
      r.accesses_mcp, r.default_execution_permission_set_refs, r.artifact_retention_policy, r.artifact_retention_limit,
      r.log_retention_policy, r.log_retention_limit, r.tags, false, null, r.invocation
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (
      ref text, label text, description text, entrypoint text, runtime_ref text, runtime_version_constraint text,
      required_worker_runtimes jsonb, worker_selector jsonb, worker_tolerations jsonb, worker_affinity jsonb,
      param_schema jsonb, out_schema jsonb, parameter_delivery parameter_delivery, parameter_format parameter_format,
      output_format output_format, timeout_seconds integer, enabled boolean, accesses_mcp boolean,
      default_execution_permission_set_refs text[], artifact_retention_policy retention_policy_type,
      artifact_retention_limit integer, log_retention_policy retention_policy_type, log_retention_limit integer,
      tags text[], invocation action_invocation
    )
    join runtime as t on t.ref = r.runtime_ref
    on conflict (ref) do update set (${COLUMNS.target}) = row (${COLUMNS.excluded})
    where (${COLUMNS.stored}) is distinct from (${COLUMNS.excluded})
    returning action.id, action.ref`,
  );
}
