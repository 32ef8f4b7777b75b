import { type SensorEntity, sql } from '@attune/common';
import { type SensorResponse, type SensorSummary, WorkerAffinity, WorkerToleration } from '@attune/contract';
import { z } from 'zod';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso, unlessNull } from '../domain/wire.js';

const tolerations = z.array(WorkerToleration);

export const showSensorSummary = (sensor: SensorEntity): SensorSummary => ({
  id: sensor.id,
  ref: sensor.ref,
  pack_ref: sensor.pack_ref,
  label: sensor.label,
  description: sensor.description,
  enabled: sensor.enabled,
  artifact_retention_policy: unlessNull(sensor.artifact_retention_policy),
  artifact_retention_limit: unlessNull(sensor.artifact_retention_limit),
  log_retention_policy: unlessNull(sensor.log_retention_policy),
  log_retention_limit: unlessNull(sensor.log_retention_limit),
  created: iso(sensor.created),
  updated: iso(sensor.updated),
});

export const showSensor = (sensor: SensorEntity): SensorResponse => ({
  ...showSensorSummary(sensor),
  pack: sensor.pack,
  entrypoint: sensor.entrypoint,
  runtime: sensor.runtime,
  runtime_ref: sensor.runtime_ref,
  param_schema: sensor.param_schema,
  worker_selector: sensor.worker_selector,
  // Checked when they were stored; read again to give them the contract's type.
  worker_tolerations: tolerations.parse(sensor.worker_tolerations),
  worker_affinity: WorkerAffinity.parse(sensor.worker_affinity),
});

export const sensorTarget = ({
  id,
  ref,
  pack_ref: packRef,
}: Pick<SensorEntity, 'id' | 'ref' | 'pack_ref'>): Target => ({
  id,
  ref,
  packRef,
});

/** The same for the rows of `listSensors`. */
export const SENSOR_COLUMNS: FactColumns = { id: sql`s.id`, ref: sql`s.ref`, packRef: sql`s.pack_ref` };
