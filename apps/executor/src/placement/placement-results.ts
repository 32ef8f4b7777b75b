import { type JsonObject } from '@attune/engine';

/** What the result of an execution says that could not be placed. `at`: ISO 8601, UTC. */
export function failedResult(error: string, at: string): JsonObject {
  return { error, succeeded: false, failed_by: 'execution_scheduler', failed_at: at };
}

/** No worker can run it, or none could within the time allowed. */
export function unschedulableResult(actionRef: string, message: string, at: string): JsonObject {
  return {
    error: 'Execution is unschedulable',
    message,
    action_ref: actionRef,
    failed_by: 'execution_scheduler',
    failed_at: at,
  };
}
