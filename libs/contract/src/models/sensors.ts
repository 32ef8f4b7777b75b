import { z } from 'zod';
import { patch, request, response } from '../define.js';
import { bool, int32, int64, json, list, omittable, optional, shortText, text, textMap, timestamp } from '../fields.js';
import { WorkerAffinity, WorkerToleration } from './placement.js';
import { LogRetentionLimitPatch, LogRetentionPolicyPatch, RetentionPolicyType } from './retention.js';

/** Sets or empties a schema. */
export const SensorJsonPatch = patch('SensorJsonPatch', json());
export type SensorJsonPatch = z.output<typeof SensorJsonPatch>;

export const SensorSummary = response('SensorSummary', {
  id: int64(),
  ref: text(),
  pack_ref: text().nullable(),
  label: text(),
  description: text().nullable(),
  enabled: bool(),
  artifact_retention_policy: omittable(RetentionPolicyType),
  artifact_retention_limit: omittable(int32()),
  log_retention_policy: omittable(RetentionPolicyType),
  log_retention_limit: omittable(int32()),
  created: timestamp(),
  updated: timestamp(),
});
export type SensorSummary = z.output<typeof SensorSummary>;

/** A sensor with its schemas and placement. */
export const SensorResponse = response('SensorResponse', {
  id: int64(),
  ref: text(),
  pack: int64().nullable(),
  pack_ref: text().nullable(),
  label: text(),
  description: text().nullable(),
  entrypoint: text(),
  runtime: int64(),
  runtime_ref: text(),
  enabled: bool(),
  param_schema: json().nullable(),
  worker_selector: textMap(),
  worker_tolerations: list(WorkerToleration),
  worker_affinity: WorkerAffinity,
  artifact_retention_policy: omittable(RetentionPolicyType),
  artifact_retention_limit: omittable(int32()),
  log_retention_policy: omittable(RetentionPolicyType),
  log_retention_limit: omittable(int32()),
  created: timestamp(),
  updated: timestamp(),
});
export type SensorResponse = z.output<typeof SensorResponse>;

export const CreateSensorRequest = request('CreateSensorRequest', {
  ref: shortText(),
  pack_ref: shortText(),
  label: shortText(),
  description: optional(text()),
  entrypoint: text({ min: 1, max: 1024 }),
  runtime_ref: shortText(),
  trigger_ref: shortText(),
  param_schema: optional(json()),
  config: optional(json()),
  worker_selector: textMap().default({}),
  worker_tolerations: list(WorkerToleration).default([]),
  worker_affinity: WorkerAffinity.prefault({}),
  enabled: bool().default(true),
  artifact_retention_policy: optional(RetentionPolicyType),
  artifact_retention_limit: optional(int32({ min: 1 })),
  log_retention_policy: optional(RetentionPolicyType),
  log_retention_limit: optional(int32({ min: 1 })),
});
export type CreateSensorRequest = z.output<typeof CreateSensorRequest>;

/** Absent and null keep what is stored. */
export const UpdateSensorRequest = request('UpdateSensorRequest', {
  label: optional(shortText()),
  description: optional(text()),
  entrypoint: optional(text({ min: 1, max: 1024 })),
  param_schema: optional(SensorJsonPatch),
  enabled: optional(bool()),
  worker_selector: optional(textMap()),
  worker_tolerations: optional(list(WorkerToleration)),
  worker_affinity: optional(WorkerAffinity),
  artifact_retention_policy: optional(LogRetentionPolicyPatch),
  artifact_retention_limit: optional(LogRetentionLimitPatch),
  log_retention_policy: optional(LogRetentionPolicyPatch),
  log_retention_limit: optional(LogRetentionLimitPatch),
});
export type UpdateSensorRequest = z.output<typeof UpdateSensorRequest>;

export const SensorLogEntry = response('SensorLogEntry', {
  stream: z.enum(['stdout', 'stderr']),
  artifact_ref: text(),
  artifact_id: int64().nullable(),
});
export type SensorLogEntry = z.output<typeof SensorLogEntry>;

/** The log artifacts of a sensor. */
export const SensorLogSummary = response('SensorLogSummary', {
  sensor_ref: text(),
  logs: list(SensorLogEntry),
});
export type SensorLogSummary = z.output<typeof SensorLogSummary>;
