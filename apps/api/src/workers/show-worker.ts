import { type WorkerWithLoad } from '@attune/common';
import { type WorkerLoadSnapshot, type WorkerRuntimeSupport, type WorkerSummary } from '@attune/contract';
import { isJsonArray, isJsonObject, type JsonObject } from '@attune/engine';
import { iso, isoOrNull } from '../domain/wire.js';

export function showWorker(worker: WorkerWithLoad): WorkerSummary {
  return {
    id: worker.id,
    name: worker.name,
    worker_type: worker.worker_type,
    worker_role: worker.worker_role,
    host: worker.host,
    port: worker.port,
    status: worker.effective_status,
    last_heartbeat: isoOrNull(worker.last_heartbeat),
    heartbeat_age_seconds: worker.heartbeat_age_seconds,
    heartbeat_stale: worker.heartbeat_stale,
    cordoned: worker.cordoned,
    cordon_reason: worker.cordon_reason,
    cordoned_by: worker.cordoned_by,
    cordoned_at: isoOrNull(worker.cordoned_at),
    health_state: worker.health_state,
    supported_runtimes: runtimesOf(worker.capabilities),
    load: loadOf(worker),
    created: iso(worker.created),
    updated: iso(worker.updated),
  };
}

/** `capabilities.runtimes` is `{name: [version, …]}` as the worker reported it. */
function runtimesOf({ runtimes }: JsonObject): WorkerRuntimeSupport[] {
  if (!isJsonObject(runtimes)) return [];
  return Object.entries(runtimes).map(([name, versions]) => ({
    name,
    versions: isJsonArray(versions) ? versions.filter((version) => typeof version === 'string') : [],
  }));
}

function loadOf(worker: WorkerWithLoad): WorkerLoadSnapshot {
  const { scheduling, scheduled, running, canceling, capabilities } = worker;
  const active = scheduling + scheduled + running + canceling;
  const slots = count(capabilities, 'max_concurrent_executions');
  return {
    requested: 0, // a requested execution has no worker yet
    scheduling,
    scheduled,
    running,
    canceling,
    total_active: active,
    max_concurrent_executions: slots,
    utilization_percent: slots === null || slots === 0 ? null : Math.round((active / slots) * 100),
    queue_depth: count(capabilities, 'queue_depth'),
    sensor_processes_running: count(capabilities, 'sensor_processes_running'),
    sensor_processes_monitored: count(capabilities, 'sensor_processes_monitored'),
    active_rules: count(capabilities, 'active_rules'),
    max_concurrent_sensors: count(capabilities, 'max_concurrent_sensors'),
  };
}

/** A count the worker may have reported. */
function count(capabilities: JsonObject, name: string): number | null {
  const value = capabilities[name];
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
