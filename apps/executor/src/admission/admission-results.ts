import { type JsonObject, MAX_QUEUE_LENGTH } from '@attune/engine';
import { type OverdueWait } from './sql/expire-waiting.sql.js';

/** What the results of executions say that a policy ended. `at`: ISO 8601, UTC. */

export function cancelledByPolicyResult(actionRef: string, policyRef: string, at: string): JsonObject {
  return {
    error: 'Execution cancelled by policy',
    message: `Policy '${policyRef}' has no room for another execution of action '${actionRef}'`,
    action_ref: actionRef,
    cancelled_by: 'execution_scheduler',
    cancelled_at: at,
  };
}

export function queueFullResult(actionRef: string, policyRef: string, at: string): JsonObject {
  return {
    error: 'Queue full',
    message: `${MAX_QUEUE_LENGTH} executions wait already for policy '${policyRef}'`,
    action_ref: actionRef,
    failed_by: 'execution_scheduler',
    failed_at: at,
  };
}

export function queueTimeoutResult({ actionRef, policyRef, timeoutSeconds, ageSeconds }: OverdueWait): JsonObject {
  return {
    error: `Execution timeout: policy '${policyRef}' had no room within ${timeoutSeconds} seconds (waited for ${ageSeconds} seconds)`,
    action_ref: actionRef,
    failed_by: 'execution_timeout_monitor',
    timeout_seconds: timeoutSeconds,
    age_seconds: ageSeconds,
    original_status: 'requested',
  };
}
