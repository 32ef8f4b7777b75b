import { type JsonObject, MAX_QUEUE_LENGTH } from '@attune/engine';

/** What the results of executions say that a policy ended. `at`: ISO 8601, UTC. */

export function cancelledByPolicyResult(actionRef: string, threshold: number, at: string): JsonObject {
  return {
    error: 'Execution cancelled by policy',
    message: `The policy of action '${actionRef}' has no room for another execution (at most ${threshold} at once)`,
    action_ref: actionRef,
    cancelled_by: 'execution_scheduler',
    cancelled_at: at,
  };
}

export function queueFullResult(actionRef: string, at: string): JsonObject {
  return {
    error: 'Queue full',
    message: `${MAX_QUEUE_LENGTH} executions wait already for the policy of action '${actionRef}'`,
    action_ref: actionRef,
    failed_by: 'execution_scheduler',
    failed_at: at,
  };
}

export function queueTimeoutResult(actionRef: string, timeoutSeconds: number, ageSeconds: number): JsonObject {
  return {
    error: `Execution timeout: the policy of action '${actionRef}' had no room within ${timeoutSeconds} seconds (waited for ${ageSeconds} seconds)`,
    action_ref: actionRef,
    failed_by: 'execution_timeout_monitor',
    timeout_seconds: timeoutSeconds,
    age_seconds: ageSeconds,
    original_status: 'requested',
  };
}
