import { type z } from 'zod';
import { patch, request, response } from '../define.js';
import { bool, int32, int64, json, list, omittable, optional, shortText, text, textMap, timestamp } from '../fields.js';
import { WorkerAffinity, WorkerToleration } from './placement.js';
import { LogRetentionLimitPatch, LogRetentionPolicyPatch, RetentionPolicyType } from './retention.js';

export const ActionSummary = response('ActionSummary', {
  id: int64(),
  ref: text(),
  pack_ref: text(),
  label: text(),
  description: text().nullable(),
  entrypoint: text(),
  runtime: int64().nullable(),
  runtime_ref: omittable(text()),
  runtime_version_constraint: omittable(text()),
  required_worker_runtimes: omittable(textMap()),
  worker_selector: omittable(textMap()),
  worker_tolerations: omittable(list(WorkerToleration)),
  worker_affinity: omittable(WorkerAffinity),
  workflow_def: omittable(int64()),
  accesses_mcp: bool(),
  default_execution_permission_set_refs: omittable(list(text())),
  artifact_retention_policy: omittable(RetentionPolicyType),
  artifact_retention_limit: omittable(int32()),
  log_retention_policy: omittable(RetentionPolicyType),
  log_retention_limit: omittable(int32()),
  created: timestamp(),
  updated: timestamp(),
});
export type ActionSummary = z.output<typeof ActionSummary>;

/** `entrypoint` is a file of the pack, or the source itself when `is_adhoc`. */
export const ActionResponse = response('ActionResponse', {
  id: int64(),
  ref: text(),
  pack: int64(),
  pack_ref: text(),
  label: text(),
  description: text().nullable(),
  entrypoint: text(),
  runtime: int64().nullable(),
  runtime_ref: omittable(text()),
  runtime_version_constraint: omittable(text()),
  required_worker_runtimes: omittable(textMap()),
  worker_selector: omittable(textMap()),
  worker_tolerations: omittable(list(WorkerToleration)),
  worker_affinity: omittable(WorkerAffinity),
  param_schema: json().nullable(),
  out_schema: json().nullable(),
  workflow_def: omittable(int64()),
  is_adhoc: bool(),
  accesses_mcp: bool(),
  default_execution_permission_set_refs: omittable(list(text())),
  artifact_retention_policy: omittable(RetentionPolicyType),
  artifact_retention_limit: omittable(int32()),
  log_retention_policy: omittable(RetentionPolicyType),
  log_retention_limit: omittable(int32()),
  created: timestamp(),
  updated: timestamp(),
});
export type ActionResponse = z.output<typeof ActionResponse>;

/** The few fields a picker shows. */
export const ActionSearchHit = response('ActionSearchHit', {
  ref: text(),
  pack_ref: text(),
  label: text(),
  description: omittable(text()),
  runtime_ref: omittable(text()),
  is_workflow: bool(),
  accesses_mcp: bool(),
});
export type ActionSearchHit = z.output<typeof ActionSearchHit>;

/** How full the policy is that limits an action; counts of all actions that share it. `max_concurrent` holds for each of its groups. */
export const QueueStatsResponse = response('QueueStatsResponse', {
  action_id: int64(),
  action_ref: text(),
  queue_length: int32(),
  active_count: int32(),
  max_concurrent: int32(),
  oldest_enqueued_at: timestamp().nullable(),
  total_enqueued: int64(),
  total_completed: int64(),
  last_updated: timestamp(),
});
export type QueueStatsResponse = z.output<typeof QueueStatsResponse>;

/** Makes an ad-hoc action: `entrypoint` is its source. `runtime` wins over `runtime_ref`. */
export const CreateActionRequest = request('CreateActionRequest', {
  ref: shortText(),
  pack_ref: shortText(),
  label: shortText(),
  description: optional(text()),
  entrypoint: text({ min: 1, max: 1024 }),
  runtime: optional(int64()),
  runtime_ref: optional(text()),
  runtime_version_constraint: optional(text()),
  required_worker_runtimes: textMap().default({}),
  worker_selector: textMap().default({}),
  worker_tolerations: list(WorkerToleration).default([]),
  worker_affinity: WorkerAffinity.prefault({}),
  param_schema: optional(json()),
  out_schema: optional(json()),
  accesses_mcp: optional(bool()),
  default_execution_permission_set_refs: list(text()).default([]),
  artifact_retention_policy: optional(RetentionPolicyType),
  artifact_retention_limit: optional(int32({ min: 1 })),
  log_retention_policy: optional(RetentionPolicyType),
  log_retention_limit: optional(int32({ min: 1 })),
});
export type CreateActionRequest = z.output<typeof CreateActionRequest>;

/** Sets or empties the version constraint. */
export const RuntimeVersionConstraintPatch = patch('RuntimeVersionConstraintPatch', text());
export type RuntimeVersionConstraintPatch = z.output<typeof RuntimeVersionConstraintPatch>;

/** Absent and null keep what is stored. */
export const UpdateActionRequest = request('UpdateActionRequest', {
  label: optional(shortText()),
  description: optional(text()),
  entrypoint: optional(text({ min: 1, max: 1024 })),
  runtime: optional(int64()),
  runtime_ref: optional(text()),
  runtime_version_constraint: optional(RuntimeVersionConstraintPatch),
  required_worker_runtimes: optional(textMap()),
  worker_selector: optional(textMap()),
  worker_tolerations: optional(list(WorkerToleration)),
  worker_affinity: optional(WorkerAffinity),
  param_schema: optional(json()),
  out_schema: optional(json()),
  accesses_mcp: optional(bool()),
  default_execution_permission_set_refs: optional(list(text())),
  artifact_retention_policy: optional(LogRetentionPolicyPatch),
  artifact_retention_limit: optional(LogRetentionLimitPatch),
  log_retention_policy: optional(LogRetentionPolicyPatch),
  log_retention_limit: optional(LogRetentionLimitPatch),
});
export type UpdateActionRequest = z.output<typeof UpdateActionRequest>;
