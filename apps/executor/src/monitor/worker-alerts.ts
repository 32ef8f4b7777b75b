import { type JsonObject } from '@attune/engine';
import { type OrphanedExecution } from './sql/list-orphaned-executions.sql.js';
import { type DeadWorker } from './sql/list-workers-by-id.sql.js';

/** Most execution ids that an alert lists. */
const MAX_LISTED = 100;

/** Payloads of `core.alert` about workers that are not heard of any more. Operators know about cordoned ones. */
export function heartbeatAlerts(workers: readonly DeadWorker[], at: string): JsonObject[] {
  return workers
    .filter(({ cordoned }) => !cordoned)
    .map(({ id, name, role, lastHeartbeat }) => {
      const failure = lastHeartbeat === null ? 'worker_missing_heartbeat' : 'worker_stale_heartbeat';
      return {
        severity: 'error',
        category: 'worker_health',
        failure_type: failure,
        component_type: role === 'sensor' ? 'sensor_worker' : 'worker',
        component_id: id,
        component_ref: name,
        worker_role: role,
        observed_at: at,
        summary: `Worker '${name}' has not been heard of and counts as dead`,
        details: { last_heartbeat: lastHeartbeat },
        correlation_id: `worker:${id}:${failure}`,
      };
    });
}

/** Payloads of `core.alert` about what dead workers had been running, one for each worker. */
export function abandonmentAlerts(abandoned: readonly OrphanedExecution[], at: string): JsonObject[] {
  const perWorker = Map.groupBy(
    abandoned.filter(({ worker }) => worker.cordoned !== true),
    ({ worker }) => worker.id,
  );
  return [...perWorker].map(([id, executions]) => {
    const name = executions[0]?.worker.name ?? null;
    return {
      severity: 'error',
      category: 'worker_health',
      failure_type: 'execution_abandoned',
      component_type: 'worker',
      component_id: id,
      component_ref: name,
      worker_role: 'action',
      observed_at: at,
      summary: `${executions.length} executions were abandoned because worker '${name ?? id}' became unavailable`,
      details: { executions: executions.slice(0, MAX_LISTED).map((execution) => execution.id) },
      correlation_id: `worker:${id}:execution_abandoned`,
    };
  });
}
