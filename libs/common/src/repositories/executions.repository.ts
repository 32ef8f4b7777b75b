import { executionPredecessors, type Json, type JsonObject, type LiveExecutionStatus } from '@attune/engine';
import { type Database, run } from '../database/run.js';
import { allOf, json, sql, type Sql } from '../database/sql.js';
import { type ExecutionRetryReason, type ExecutionStatus, type RetentionPolicyType } from '../entities/enums.js';
import { type ExecutionEntity } from '../entities/execution.entity.js';
import { createdAmong, groupForUpdate } from './created-range.js';
import { listLineages } from './list-lineages.js';

/** An execution to be stored; the database gives it its id and time. What is missing is null, false, empty or zero. */
export interface NewExecution {
  readonly action: number | null;
  readonly action_ref: string;
  /** Default `requested`. */
  readonly status?: ExecutionStatus;
  /** Flat parameters, secrets redacted. */
  readonly config?: JsonObject | null;
  readonly env_vars?: Readonly<Record<string, string>> | null;
  readonly parent?: number | null;
  readonly original_execution?: number | null;
  readonly enforcement?: number | null;
  readonly rule_ref?: string | null;
  readonly trigger_ref?: string | null;
  readonly executor: number | null;
  readonly permission_set_refs?: readonly string[];
  readonly artifact_retention_policy?: RetentionPolicyType | null;
  readonly artifact_retention_limit?: number | null;
  readonly worker_selector?: Readonly<Record<string, string>> | null;
  readonly worker_tolerations?: readonly JsonObject[] | null;
  readonly worker_affinity?: JsonObject | null;
  /** With status `scheduled`: it is handed over to this worker in the moment of its creation. */
  readonly worker?: number | null;
  readonly workflow_def?: number | null;
  readonly workflow_task?: JsonObject | null;
  readonly retry_count?: number;
  readonly max_retries?: number;
  readonly retry_reason?: ExecutionRetryReason | null;
  readonly result?: Json;
}

/** Where one execution goes. */
export interface ExecutionMove {
  readonly id: number;
  readonly status: ExecutionStatus;
  /** Missing: keeps its worker. A move back to `requested` always takes the worker away. */
  readonly worker?: number;
  /** Missing: keeps its result. */
  readonly result?: Json;
}

/** What must be true of a row for it to move. */
export interface MoveCondition {
  readonly from: readonly LiveExecutionStatus[];
  /** Only executions placed on this worker. */
  readonly worker?: number;
}

/** What a worker has to know of an execution that it begins. */
export type BegunExecution = Pick<
  ExecutionEntity,
  | 'id'
  | 'action_ref'
  | 'config'
  | 'env_vars'
  | 'rule_ref'
  | 'trigger_ref'
  | 'executor'
  | 'permission_set_refs'
  | 'workflow_task'
>;

const COLUMNS = sql`
  e.id, e.action, e.action_ref, e.status, e.config, e.env_vars, e.parent, e.original_execution, e.enforcement,
  e.rule_ref, e.trigger_ref, e.executor, e.ancestor_executors, e.permission_set_refs, e.artifact_retention_policy,
  e.artifact_retention_limit, e.worker_selector, e.worker_tolerations, e.worker_affinity, e.worker, e.workflow_def,
  e.workflow_task, e.retry_count, e.max_retries, e.retry_reason, e.result, e.started_at, e.created, e.updated`;

/**
 * Stores executions in one statement and gives their ids in the same order. One that is born `scheduled` has its dispatch
 * from the same statement. Where some have parents, these are read before.
 */
export async function insertExecutions(db: Database, executions: readonly NewExecution[]): Promise<number[]> {
  if (executions.length === 0) return [];
  const lineages = await listLineages(
    db,
    executions.flatMap(({ parent }) => parent ?? []),
  );
  const rooted = executions.map((one) => ({ ...one, ancestor_executors: lineages.get(one.parent ?? 0) }));
  const rows = await run<{ id: number }>(
    db,
    sql`
    with given as materialized (
      select n.*, time_id() as id
      from rows from (
        jsonb_to_recordset(${json(rooted)}::jsonb) as (
          action bigint, action_ref text, status execution_status, config jsonb, env_vars jsonb, parent bigint,
          original_execution bigint, enforcement bigint, rule_ref text, trigger_ref text, executor bigint,
          permission_set_refs text[], artifact_retention_policy retention_policy_type,
          artifact_retention_limit integer, worker_selector jsonb, worker_tolerations jsonb, worker_affinity jsonb,
          worker bigint, workflow_def bigint, workflow_task jsonb, retry_count integer, max_retries integer,
          retry_reason execution_retry_reason, result jsonb, ancestor_executors bigint[]
        )
      ) with ordinality as n (
        action, action_ref, status, config, env_vars, parent, original_execution, enforcement, rule_ref, trigger_ref,
        executor, permission_set_refs, artifact_retention_policy, artifact_retention_limit, worker_selector,
        worker_tolerations, worker_affinity, worker, workflow_def, workflow_task, retry_count, max_retries, retry_reason,
        result, ancestor_executors, position
      )
    ), stored as (
      insert into execution (
        id, created, action, action_ref, status, config, env_vars, parent, original_execution, enforcement, rule_ref,
        trigger_ref, executor, permission_set_refs, artifact_retention_policy, artifact_retention_limit,
        worker_selector, worker_tolerations, worker_affinity, worker, workflow_def, workflow_task, retry_count,
        max_retries, retry_reason, result, ancestor_executors
      )
      select
        g.id, time_id_created(g.id), g.action, g.action_ref, coalesce(g.status, 'requested'), g.config, g.env_vars,
        g.parent, g.original_execution, g.enforcement, g.rule_ref, g.trigger_ref, g.executor,
        coalesce(g.permission_set_refs, '{}'), g.artifact_retention_policy, g.artifact_retention_limit,
        g.worker_selector, g.worker_tolerations, g.worker_affinity, g.worker, g.workflow_def, g.workflow_task,
        coalesce(g.retry_count, 0), coalesce(g.max_retries, 0), g.retry_reason, g.result,
        coalesce(g.ancestor_executors, '{}')
      from given as g
      order by g.position
    ), dispatched as (
      insert into dispatch (execution, worker, action_ref)
      select g.id, g.worker, g.action_ref
      from given as g
      where g.status = 'scheduled' and g.worker is not null
      order by g.position
    )
    select g.id from given as g order by g.position`.prepared(),
  );
  return rows.map((row) => row.id);
}

/** One execution, or null. */
export async function findExecution(db: Database, id: number): Promise<ExecutionEntity | null> {
  const [execution] = await run<ExecutionEntity>(
    db,
    sql`select ${COLUMNS} from execution as e where e.id = ${id} and e.created = time_id_created(${id})`,
  );
  return execution ?? null;
}

/** The executions that exist among these ids, oldest first. */
export async function findExecutions(db: Database, ids: readonly number[]): Promise<ExecutionEntity[]> {
  if (ids.length === 0) return [];
  return run<ExecutionEntity>(
    db,
    sql`
    select ${COLUMNS}
    from execution as e
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
    order by e.created, e.id`,
  );
}

/**
 * A worker begins executions that are placed on it and have not been begun or withdrawn; gives those, oldest first. Of two
 * callers, and of a cancellation at the same moment, only one gets an execution.
 */
export async function beginExecutions(db: Database, ids: readonly number[], worker: number): Promise<BegunExecution[]> {
  const begun: BegunExecution[] = [];
  for (const group of groupForUpdate(ids, (id) => id)) {
    const rows = await run<BegunExecution>(
      db,
      sql`
      update execution as e
      set status = 'running', started_at = coalesce(e.started_at, now())
      where
        e.id = any(${group}::bigint[]) and ${createdAmong(sql`e.created`, group)}
        and e.status = any(${executionPredecessors('running', 'worker')}::execution_status[]) and e.worker = ${worker}
      returning
        e.id, e.action_ref, e.config, e.env_vars, e.rule_ref, e.trigger_ref, e.executor, e.permission_set_refs,
        e.workflow_task`,
    );
    begun.push(...rows);
  }
  return begun.sort((a, b) => a.id - b.id);
}

/**
 * Moves executions that are still where the caller believes them to be, and gives the ids that moved. The check and the
 * change are one statement, so of two callers only one wins a row. `started_at` is set by the first move to `running`.
 */
export async function moveExecutions(
  db: Database,
  moves: readonly ExecutionMove[],
  condition: MoveCondition,
): Promise<number[]> {
  const moved: number[] = [];
  for (const group of groupForUpdate(moves, ({ id }) => id)) moved.push(...(await moveGroup(db, group, condition)));
  return moved;
}

async function moveGroup(
  db: Database,
  moves: readonly ExecutionMove[],
  { from, worker }: MoveCondition,
): Promise<number[]> {
  const ids = moves.map((move) => move.id);
  const placed: Sql = worker === undefined ? sql`true` : sql`e.worker = ${worker}`;
  const rows = await run<{ id: number }>(
    db,
    sql`
    update execution as e
    set
      status = m.status,
      worker = case when m.status = 'requested' then null else coalesce(m.worker, e.worker) end,
      result = coalesce(m.result, e.result),
      started_at = case when m.status = 'running' then coalesce(e.started_at, now()) else e.started_at end
    from jsonb_to_recordset(${json(moves)}::jsonb) as m (id bigint, status execution_status, worker bigint, result jsonb)
    where ${allOf([
      sql`e.id = m.id`,
      sql`e.created = time_id_created(m.id)`,
      createdAmong(sql`e.created`, ids),
      sql`e.status = any(${from}::execution_status[])`,
      placed,
    ])}
    returning e.id`,
  );
  return rows.map((row) => row.id);
}
