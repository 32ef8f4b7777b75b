import { type RetentionPolicyType, run, sql } from '@attune/common';
import { type Json, type JsonObject } from '@attune/engine';
import { type EntityManager } from 'typeorm';
import { IS_LIMITED } from '../../placement/sql/is-limited.sql.js';

/** A rule with all that is needed to decide about an event and to start its action. JSON texts keep large numbers exact. */
export interface ActiveRule {
  readonly id: number;
  readonly ref: string;
  readonly trigger: number;
  readonly triggerRef: string;
  readonly conditions: string;
  readonly actionParams: string;
  /** Null: the action's default; empty: no token. */
  readonly permissionSetRefs: readonly string[] | null;
  /** Null: the system identity. */
  readonly ownerIdentity: number | null;
  readonly packRef: string;
  readonly packConfig: JsonObject;
  /** Says which fields of the configuration are secret. */
  readonly packConfigSchema: Json;
  readonly actionRef: string;
  /** Null: the action is gone. */
  readonly action: number | null;
  readonly isActionEnabled: boolean;
  readonly paramSchema: Json;
  readonly workflowDef: number | null;
  readonly defaultPermissionSetRefs: readonly string[];
  readonly retentionPolicy: RetentionPolicyType | null;
  readonly retentionLimit: number | null;
  /** What placement has to know of the action; means nothing when it is gone. */
  readonly isActionRunnable: boolean;
  readonly isActionLimited: boolean;
  readonly runtimeRef: string | null;
  readonly runtimeVersionConstraint: string | null;
  readonly requiredWorkerRuntimes: Readonly<Record<string, string>>;
  readonly workerSelector: Json;
  readonly workerTolerations: Json;
  readonly workerAffinity: Json;
}

/**
 * The enabled rules of these triggers, by id. None of a disabled trigger or a disabled pack. A rule whose action is gone or
 * disabled is in the list: that it matched is recorded.
 */
export function listActiveRules(db: EntityManager, triggers: readonly number[]): Promise<ActiveRule[]> {
  return run<ActiveRule>(
    db,
    sql`
    select
      r.id, r.ref, r.trigger, r.trigger_ref as "triggerRef",
      r.conditions::text as conditions, r.action_params::text as "actionParams",
      r.permission_set_refs as "permissionSetRefs", r.owner_identity as "ownerIdentity",
      p.ref as "packRef", p.config as "packConfig", p.conf_schema as "packConfigSchema",
      r.action_ref as "actionRef", a.id as action, coalesce(a.enabled, false) as "isActionEnabled",
      a.param_schema as "paramSchema", a.workflow_def as "workflowDef",
      coalesce(a.default_execution_permission_set_refs, '{}') as "defaultPermissionSetRefs",
      a.artifact_retention_policy as "retentionPolicy", a.artifact_retention_limit as "retentionLimit",
      (a.enabled and ap.enabled) as "isActionRunnable", ${IS_LIMITED} as "isActionLimited",
      a.runtime_ref as "runtimeRef", a.runtime_version_constraint as "runtimeVersionConstraint",
      a.required_worker_runtimes as "requiredWorkerRuntimes", a.worker_selector as "workerSelector",
      a.worker_tolerations as "workerTolerations", a.worker_affinity as "workerAffinity"
    from rule as r
    join trigger as t on t.id = r.trigger and t.enabled
    join pack as p on p.id = r.pack and p.enabled
    left join action as a on a.id = r.action
    left join pack as ap on ap.id = a.pack
    where r.trigger = any(${triggers}::bigint[]) and r.enabled
    order by r.id`.prepared(),
  );
}
