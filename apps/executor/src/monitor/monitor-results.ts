import { type JsonObject } from '@attune/engine';
import { type LostWorker } from './sql/list-orphaned-executions.sql.js';

/** Results of executions that the monitor ends. `at`: ISO 8601, UTC. */
const MONITOR = 'execution_timeout_monitor';

export function notPickedUpResult(timeoutSeconds: number, ageSeconds: number): JsonObject {
  return {
    error: `Execution timeout: worker did not pick up task within ${timeoutSeconds} seconds (scheduled for ${ageSeconds} seconds)`,
    failed_by: MONITOR,
    timeout_seconds: timeoutSeconds,
    age_seconds: ageSeconds,
    original_status: 'scheduled',
  };
}

export function abandonedResult(worker: LostWorker, at: string): JsonObject {
  return {
    error: 'Execution abandoned because its worker became unavailable while running',
    abandoned_by: MONITOR,
    original_status: 'running',
    worker: { ...worker },
    reconciled_at: at,
  };
}

export function neverStartedResult(actionRef: string, times: number, at: string): JsonObject {
  return {
    error: 'Execution is unschedulable',
    message: `Its worker became unavailable before starting it, ${times} times`,
    action_ref: actionRef,
    failed_by: MONITOR,
    failed_at: at,
  };
}

/** Cancelled without the word of its worker: it is dead, or does not answer. */
export function cancelledResult(reason: string): JsonObject {
  return { succeeded: false, cancelled: true, error: 'Execution cancelled by user', message: reason };
}
