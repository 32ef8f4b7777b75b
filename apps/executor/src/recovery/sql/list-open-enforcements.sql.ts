import { createdWhileLive, type RetentionPolicyType, run, sql } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** An enforcement that was decided but never acted on, with its rule and action as they are now. */
export interface OpenEnforcement {
  readonly id: number;
  readonly ruleRef: string;
  readonly triggerRef: string;
  readonly config: JsonObject | null;
  /** Rule, trigger and action are there and enabled. */
  readonly canStart: boolean;
  readonly ownerIdentity: number | null;
  readonly permissionSetRefs: readonly string[];
  readonly actionRef: string | null;
  readonly action: number | null;
  readonly workflowDef: number | null;
  readonly retentionPolicy: RetentionPolicyType | null;
  readonly retentionLimit: number | null;
}

/** Open enforcements older than so many seconds, oldest first; locked, and those another process holds are skipped. */
export function listOpenEnforcements(
  db: EntityManager,
  olderThanSeconds: number,
  limit: number,
): Promise<OpenEnforcement[]> {
  return run<OpenEnforcement>(
    db,
    sql`
    with open as materialized (
      select e.id, e.rule, e.rule_ref, e.trigger_ref, e.config
      from enforcement as e
      where
        e.status = 'created' and ${createdWhileLive(sql`e.created`)}
        and e.created < now() - ${olderThanSeconds} * interval '1 second'
      order by e.created, e.id
      limit ${limit}
      for update skip locked
    )
    select
      o.id, o.rule_ref as "ruleRef", o.trigger_ref as "triggerRef", o.config,
      coalesce(r.enabled and t.enabled and a.enabled, false) as "canStart",
      r.owner_identity as "ownerIdentity",
      coalesce(r.permission_set_refs, a.default_execution_permission_set_refs, '{}') as "permissionSetRefs",
      r.action_ref as "actionRef", a.id as action, a.workflow_def as "workflowDef",
      a.artifact_retention_policy as "retentionPolicy", a.artifact_retention_limit as "retentionLimit"
    from open as o
    left join rule as r on r.id = o.rule
    left join trigger as t on t.id = r.trigger
    left join action as a on a.id = r.action
    order by o.id`,
  );
}
