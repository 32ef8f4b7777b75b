import { createdAmong, type Database, type ExecutionEntity, run, sql } from '@attune/common';

/** What a notification does not carry, and what decides who may hear of it. */
export type ChangedExecution = Pick<
  ExecutionEntity,
  | 'id'
  | 'action'
  | 'action_ref'
  | 'status'
  | 'parent'
  | 'enforcement'
  | 'rule_ref'
  | 'trigger_ref'
  | 'executor'
  | 'ancestor_executors'
  | 'started_at'
  | 'workflow_task'
  | 'created'
  | 'updated'
>;

/** The executions that exist among these ids, in no order. */
export async function listChangedExecutions(db: Database, ids: readonly number[]): Promise<ChangedExecution[]> {
  if (ids.length === 0) return [];
  return run<ChangedExecution>(
    db,
    sql`
    select
      e.id, e.action, e.action_ref, e.status, e.parent, e.enforcement, e.rule_ref, e.trigger_ref, e.executor,
      e.ancestor_executors, e.started_at, e.workflow_task, e.created, e.updated
    from execution as e
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}`,
  );
}
