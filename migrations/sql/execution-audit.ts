/**
 * Triggers that tell the audit log of executions, in the transaction of the change, so that no code can forget it.
 *
 * Executions that went wrong are always told of: a row trigger whose condition keeps all others from costing anything. Every
 * other move is told of only in sessions that ask for it by the setting: it is a row for each status of each execution.
 */

/** `all`: every move. `caller`: whoever set it for their transaction tells of it themselves. Anything else: failures. */
const SETTING = `current_setting('attune.audit_execution_events', true)`;

const FAILURES = `('failed', 'timeout', 'abandoned')`;

const TARGET = `
        insert into audit_event (
          id, created, category, event_type, outcome, actor_identity, actor_login, actor_token_type, resource_type,
          resource_id, resource_ref, details, correlation_chain
        )`;

/** The word of the log for a status an execution moves to. */
const movedTo = (status: string): string => `
          'execution.' || case ${status}
            when 'scheduled' then 'scheduled'
            when 'running' then 'started'
            when 'completed' then 'completed'
            when 'failed' then 'failed'
            when 'timeout' then 'timed_out'
            when 'canceling' then 'canceling'
            when 'cancelled' then 'cancelled'
            when 'abandoned' then 'abandoned'
            else 'status_changed'
          end`;

/** What a new execution is: a part of a workflow, another try, or one that was asked for. */
const CREATED = `
          'execution.' || case
            when n.workflow_task is not null then 'workflow_child_dispatched'
            when n.original_execution is not null then 'retried'
            else 'requested'
          end`;

interface Move {
  readonly operation: 'INSERT' | 'UPDATE';
  readonly type: string;
  /** Expressions of the statuses before and after. */
  readonly from: string;
  readonly to: string;
}

/** The columns of one row of the log; the execution is `n`. */
const rowOf = ({ operation, type, from, to }: Move): string => `
          'execution'::audit_category, ${type},
          (case when ${to} in ${FAILURES} then 'failure' else 'success' end)::audit_outcome,
          n.executor, (select i.login from identity as i where i.id = n.executor), 'system'::audit_token_type, 'execution',
          n.id, n.action_ref,
          jsonb_build_object(
            'operation', '${operation}', 'old_status', ${from}, 'new_status', ${to}, 'action_ref', n.action_ref,
            'parent_execution_id', n.parent, 'enforcement_id', n.enforcement, 'worker_id', n.worker,
            'retry_count', n.retry_count, 'max_retries', n.max_retries, 'original_execution', n.original_execution),
          jsonb_strip_nulls(jsonb_build_object(
            'execution_id', n.id, 'enforcement_id', n.enforcement, 'parent_execution_id', n.parent))`;

/** Ids are made once for each row, before they are used twice. */
const store = (rows: string): string => `
        ${TARGET}
        select t.new_id, time_id_created(t.new_id), t.category, t.event_type, t.outcome, t.actor, t.login, t.token_type,
          t.resource_type, t.resource_id, t.resource_ref, t.details, t.chain
        from (
          select time_id(), m.*
          from (${rows}
          ) as m
          offset 0
        ) as t (
          new_id, category, event_type, outcome, actor, login, token_type, resource_type, resource_id, resource_ref, details,
          chain
        );`;

const RECORD_FAILURE = `
  create function audit_execution_failure() returns trigger
  language plpgsql
  as $$
  begin
    ${store(`
          select ${rowOf({ operation: 'UPDATE', type: movedTo('n.status'), from: `old.status`, to: 'n.status' })}
          from (select new.*) as n`)}
    return null;
  end
  $$`;

/** `full join` for the same reason as in the functions of the history. */
const RECORD_MOVES = `
  create function audit_execution_moves() returns trigger
  language plpgsql
  as $$
  begin
    case tg_op
      when 'INSERT' then${store(`
          select ${rowOf({ operation: 'INSERT', type: CREATED, from: 'null', to: `'requested'` })}
          from new_rows as n
          union all
          select ${rowOf({ operation: 'UPDATE', type: movedTo('n.status'), from: `'requested'`, to: 'n.status' })}
          from new_rows as n
          where n.status <> 'requested'`)}
      when 'UPDATE' then${store(`
          select ${rowOf({ operation: 'UPDATE', type: movedTo('n.status'), from: 'o.status', to: 'n.status' })}
          from old_rows as o full join new_rows as n on n.id = o.id
          where o.status is distinct from n.status`)}
    end case;
    return null;
  end
  $$`;

export function createExecutionAudit(): readonly string[] {
  return [
    RECORD_FAILURE,
    RECORD_MOVES,
    `create trigger execution_audit_failure
      after update of status on execution
      for each row
      when (new.status in ${FAILURES} and old.status <> new.status and ${SETTING} is distinct from 'all')
      execute function audit_execution_failure()`,
    `create trigger execution_audit_insert
      after insert on execution
      referencing new table as new_rows
      for each statement
      when (${SETTING} = 'all')
      execute function audit_execution_moves()`,
    `create trigger execution_audit_update
      after update on execution
      referencing old table as old_rows new table as new_rows
      for each statement
      when (${SETTING} = 'all')
      execute function audit_execution_moves()`,
  ];
}

export function dropExecutionAudit(): readonly string[] {
  return [
    `drop trigger execution_audit_update on execution`,
    `drop trigger execution_audit_insert on execution`,
    `drop trigger execution_audit_failure on execution`,
    `drop function audit_execution_moves()`,
    `drop function audit_execution_failure()`,
  ];
}
