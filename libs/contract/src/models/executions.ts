import { type z } from 'zod';
import { enumeration, request, response } from '../define.js';
import { bool, int32, int64, json, list, omittable, optional, text, timestamp } from '../fields.js';
import { RetentionPolicyType } from './retention.js';

/** Life of an execution; `completed` `failed` `cancelled` `timeout` `abandoned` are final. */
export const ExecutionStatus = enumeration('ExecutionStatus', [
  'requested',
  'scheduling',
  'scheduled',
  'running',
  'completed',
  'failed',
  'canceling',
  'cancelled',
  'timeout',
  'abandoned',
]);
export type ExecutionStatus = z.output<typeof ExecutionStatus>;

/** Place of an execution inside a workflow. */
export const WorkflowTaskMetadata = response('WorkflowTaskMetadata', {
  workflow_execution: int64(),
  task_name: text(),
  triggered_by: omittable(text()),
  task_index: int32().nullable(),
  task_batch: int32().nullable(),
  retry_count: int32(),
  max_retries: int32(),
  next_retry_at: timestamp().nullable(),
  timeout_seconds: int32().nullable(),
  timed_out: bool(),
  duration_ms: int64().nullable(),
  started_at: timestamp().nullable(),
  completed_at: timestamp().nullable(),
});
export type WorkflowTaskMetadata = z.output<typeof WorkflowTaskMetadata>;

export const ExecutionSummary = response('ExecutionSummary', {
  id: int64(),
  action_ref: text(),
  status: ExecutionStatus,
  parent: int64().nullable(),
  enforcement: int64().nullable(),
  rule_ref: text().nullable(),
  trigger_ref: text().nullable(),
  started_at: omittable(timestamp()),
  workflow_task: omittable(WorkflowTaskMetadata),
  original_execution: omittable(int64()),
  created: timestamp(),
  updated: timestamp(),
});
export type ExecutionSummary = z.output<typeof ExecutionSummary>;

/** `updated` moves with every status change. */
export const ExecutionResponse = response('ExecutionResponse', {
  id: int64(),
  action: int64().nullable(),
  action_ref: text(),
  /** The parameters; secret ones read `{"$attune_secret":true,"redacted":true}`. */
  config: json().nullable(),
  parent: int64().nullable(),
  enforcement: int64().nullable(),
  executor: int64().nullable(),
  permission_set_refs: omittable(list(text())),
  artifact_retention_policy: omittable(RetentionPolicyType),
  artifact_retention_limit: omittable(int32()),
  worker_selector: omittable(json().nullable()),
  worker_tolerations: omittable(json().nullable()),
  worker_affinity: omittable(json().nullable()),
  worker: int64().nullable(),
  status: ExecutionStatus,
  result: json().nullable(),
  original_execution: omittable(int64()),
  started_at: omittable(timestamp()),
  workflow_task: omittable(WorkflowTaskMetadata),
  created: timestamp(),
  updated: timestamp(),
});
export type ExecutionResponse = z.output<typeof ExecutionResponse>;

/** Counts over everything kept. */
export const ExecutionStats = response('ExecutionStats', {
  total: int64(),
  completed: int64(),
  failed: int64(),
  running: int64(),
  /** Requested + scheduling + scheduled. */
  pending: int64(),
  /** Cancelled + canceling. */
  cancelled: int64(),
  timeout: int64(),
  abandoned: int64(),
});
export type ExecutionStats = z.output<typeof ExecutionStats>;

/** Runs an action once. Omitted permission sets are the action's; an empty list means none. */
export const CreateExecutionRequest = request('CreateExecutionRequest', {
  action_ref: text(),
  parameters: optional(json()),
  env_vars: optional(json()),
  permission_set_refs: optional(list(text())),
  artifact_retention_policy: optional(RetentionPolicyType),
  artifact_retention_limit: optional(int32()),
  worker_selector: optional(json()),
  worker_tolerations: optional(json()),
  worker_affinity: optional(json()),
});
export type CreateExecutionRequest = z.output<typeof CreateExecutionRequest>;
