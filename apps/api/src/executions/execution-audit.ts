import { type AuditRecord, type ExecutionEntity, type ExecutionStatus } from '@attune/common';

/** Somebody asked for an execution. */
export const executionRequested = (execution: ExecutionEntity): AuditRecord => ({
  ...about(execution),
  type: 'execution.requested',
  details: detailsOf(execution, 'INSERT', null, execution.status),
});

/** Somebody asked for its end: at once, or as soon as its worker has stopped it. */
export const executionCancelled = (execution: ExecutionEntity, to: 'cancelled' | 'canceling'): AuditRecord => ({
  ...about(execution),
  type: `execution.${to}`,
  details: detailsOf(execution, 'UPDATE', execution.status, to),
});

function about({ id, action_ref: ref, enforcement, parent }: ExecutionEntity): Pick<AuditRecord, 'resource' | 'chain'> {
  return {
    resource: { type: 'execution', id, ref },
    chain: {
      execution_id: id,
      ...(enforcement !== null && { enforcement_id: enforcement }),
      ...(parent !== null && { parent_execution_id: parent }),
    },
  };
}

/** The same as the database says of the moves that nobody asked for (`execution_audit_row`). */
const detailsOf = (
  execution: ExecutionEntity,
  operation: 'INSERT' | 'UPDATE',
  from: ExecutionStatus | null,
  to: ExecutionStatus,
) => ({
  operation,
  old_status: from,
  new_status: to,
  action_ref: execution.action_ref,
  parent_execution_id: execution.parent,
  enforcement_id: execution.enforcement,
  worker_id: execution.worker,
  retry_count: execution.retry_count,
  max_retries: execution.max_retries,
  original_execution: execution.original_execution,
});
