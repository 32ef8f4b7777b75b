import { type z } from 'zod';
import { enumeration, request, response } from '../define.js';
import { bool, int32, int64, list, optional, text, timestamp, uint32, uint64 } from '../fields.js';

export const WorkerType = enumeration('WorkerType', ['local', 'remote', 'container']);
export type WorkerType = z.output<typeof WorkerType>;

export const WorkerRole = enumeration('WorkerRole', ['action', 'sensor']);
export type WorkerRole = z.output<typeof WorkerRole>;

export const WorkerStatus = enumeration('WorkerStatus', ['active', 'inactive', 'busy', 'error']);
export type WorkerStatus = z.output<typeof WorkerStatus>;

/** What an operator should see first about a worker. */
export const WorkerHealthState = enumeration('WorkerHealthState', [
  'active',
  'busy',
  'cordoned',
  'offline',
  'error',
  'inactive',
]);
export type WorkerHealthState = z.output<typeof WorkerHealthState>;

export const WorkerRuntimeSupport = response('WorkerRuntimeSupport', {
  name: text(),
  versions: list(text()),
});
export type WorkerRuntimeSupport = z.output<typeof WorkerRuntimeSupport>;

/** What a worker holds now; null where it did not say. */
export const WorkerLoadSnapshot = response('WorkerLoadSnapshot', {
  requested: uint64(),
  scheduling: uint64(),
  scheduled: uint64(),
  running: uint64(),
  canceling: uint64(),
  total_active: uint64(),
  max_concurrent_executions: uint32().nullable(),
  utilization_percent: uint32().nullable(),
  queue_depth: int32().nullable(),
  sensor_processes_running: uint64().nullable(),
  sensor_processes_monitored: uint64().nullable(),
  active_rules: uint64().nullable(),
  max_concurrent_sensors: uint32().nullable(),
});
export type WorkerLoadSnapshot = z.output<typeof WorkerLoadSnapshot>;

/** `status` and `health_state` are derived: a worker without a recent heartbeat is not active. */
export const WorkerSummary = response('WorkerSummary', {
  id: int64(),
  name: text(),
  worker_type: WorkerType,
  worker_role: WorkerRole,
  host: text().nullable(),
  port: int32().nullable(),
  status: WorkerStatus.nullable(),
  last_heartbeat: timestamp().nullable(),
  heartbeat_age_seconds: int64().nullable(),
  heartbeat_stale: bool(),
  cordoned: bool(),
  cordon_reason: text().nullable(),
  cordoned_by: int64().nullable(),
  cordoned_at: timestamp().nullable(),
  health_state: WorkerHealthState,
  supported_runtimes: list(WorkerRuntimeSupport),
  load: WorkerLoadSnapshot,
  created: timestamp(),
  updated: timestamp(),
});
export type WorkerSummary = z.output<typeof WorkerSummary>;

/** Keeps new work away from a worker. */
export const CordonWorkerRequest = request('CordonWorkerRequest', {
  /** For other operators. */
  reason: optional(text()),
});
export type CordonWorkerRequest = z.output<typeof CordonWorkerRequest>;
