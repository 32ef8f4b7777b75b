import { type z } from 'zod';
import { enumeration, request, response, shared } from '../define.js';
import { bool, int32, int64, json, list, omittable, optional, shortText, text, timestamp, uint32 } from '../fields.js';
import { NullableStringPatch } from './patches.js';

/** What happens to a waiting item with the same key. */
export const WorkQueueUpdateStrategy = enumeration('WorkQueueUpdateStrategy', ['immutable', 'replace', 'merge_patch']);
export type WorkQueueUpdateStrategy = z.output<typeof WorkQueueUpdateStrategy>;

/** Whether an execution gets one item or several. */
export const WorkQueueBatchMode = enumeration('WorkQueueBatchMode', ['single', 'batch']);
export type WorkQueueBatchMode = z.output<typeof WorkQueueBatchMode>;

export const WorkQueueTunableSource = enumeration('WorkQueueTunableSource', ['literal', 'pack_config', 'keystore']);
export type WorkQueueTunableSource = z.output<typeof WorkQueueTunableSource>;

/** A number that is given here, or read from the configuration of the pack or from a key. */
export const WorkQueueTunableValue = shared(
  'WorkQueueTunableValue',
  {
    source: WorkQueueTunableSource,
    value: json().nullish(),
    path: text().nullish(),
    key_ref: text().nullish(),
    fallback: json().nullish(),
  },
  { strict: true },
);
export type WorkQueueTunableValue = z.output<typeof WorkQueueTunableValue>;

export const WorkQueueBatchCoalescingConfig = shared(
  'WorkQueueBatchCoalescingConfig',
  {
    enabled: bool().default(false),
    group_by_path: text().nullish(),
    across_priorities: bool().default(false),
  },
  { strict: true },
);
export type WorkQueueBatchCoalescingConfig = z.output<typeof WorkQueueBatchCoalescingConfig>;

export const WorkQueueDispatchConfig = shared(
  'WorkQueueDispatchConfig',
  {
    concurrency: WorkQueueTunableValue.nullish(),
    batch_size: WorkQueueTunableValue.nullish(),
    retry_limit: uint32().nullish(),
    inter_execution_delay_seconds: uint32().nullish(),
    coalescing: WorkQueueBatchCoalescingConfig.nullish(),
  },
  { strict: true },
);
export type WorkQueueDispatchConfig = z.output<typeof WorkQueueDispatchConfig>;

export const WorkQueueAckContractConfig = shared(
  'WorkQueueAckContractConfig',
  {
    version: int32().default(0),
  },
  { strict: true },
);
export type WorkQueueAckContractConfig = z.output<typeof WorkQueueAckContractConfig>;

/** How items become executions. */
export const WorkQueueConfig = shared(
  'WorkQueueConfig',
  {
    dispatch: WorkQueueDispatchConfig.nullish(),
    ack_contract: WorkQueueAckContractConfig.nullish(),
  },
  { strict: true },
);
export type WorkQueueConfig = z.output<typeof WorkQueueConfig>;

export const ResolvedWorkQueueDispatchTuningResponse = response('ResolvedWorkQueueDispatchTuningResponse', {
  concurrency: uint32().nullable(),
  batch_size: uint32().nullable(),
});
export type ResolvedWorkQueueDispatchTuningResponse = z.output<typeof ResolvedWorkQueueDispatchTuningResponse>;

export const WorkQueueSummary = response('WorkQueueSummary', {
  id: int64(),
  ref: text(),
  pack_ref: text().nullable(),
  is_adhoc: bool(),
  label: text(),
  description: text().nullable(),
  enabled: bool(),
  accepting_new_items: bool(),
  dispatch_action_ref: text(),
  created: timestamp(),
  updated: timestamp(),
});
export type WorkQueueSummary = z.output<typeof WorkQueueSummary>;

/** A work queue with its configuration. */
export const WorkQueueResponse = response('WorkQueueResponse', {
  id: int64(),
  ref: text(),
  pack: int64().nullable(),
  pack_ref: text().nullable(),
  is_adhoc: bool(),
  label: text(),
  description: text().nullable(),
  enabled: bool(),
  accepting_new_items: bool(),
  dispatch_action: int64().nullable(),
  dispatch_action_ref: text(),
  default_priority: int32(),
  allow_pending_update: bool(),
  update_strategy: WorkQueueUpdateStrategy,
  batch_mode: WorkQueueBatchMode,
  item_schema: json().nullable(),
  action_params: json().nullable(),
  permission_set_refs: list(text()).nullable(),
  config: json().nullable(),
  resolved_dispatch_tuning: omittable(ResolvedWorkQueueDispatchTuningResponse),
  created: timestamp(),
  updated: timestamp(),
});
export type WorkQueueResponse = z.output<typeof WorkQueueResponse>;

export const CreateWorkQueueRequest = request('CreateWorkQueueRequest', {
  ref: text(),
  pack_ref: optional(text()),
  label: shortText(),
  description: optional(text()),
  enabled: bool().default(true),
  accepting_new_items: bool().default(true),
  dispatch_action_ref: text(),
  default_priority: int32().default(0),
  allow_pending_update: bool().default(false),
  update_strategy: WorkQueueUpdateStrategy.default('replace'),
  batch_mode: WorkQueueBatchMode.default('single'),
  item_schema: json().default({}),
  action_params: json().default({}),
  permission_set_refs: optional(list(text())),
  config: json().default({}),
});
export type CreateWorkQueueRequest = z.output<typeof CreateWorkQueueRequest>;

/** Absent and null keep what is stored. */
export const UpdateWorkQueueRequest = request('UpdateWorkQueueRequest', {
  pack_ref: optional(NullableStringPatch),
  label: optional(shortText()),
  description: optional(NullableStringPatch),
  enabled: optional(bool()),
  accepting_new_items: optional(bool()),
  dispatch_action_ref: optional(text()),
  default_priority: optional(int32()),
  allow_pending_update: optional(bool()),
  update_strategy: optional(WorkQueueUpdateStrategy),
  batch_mode: optional(WorkQueueBatchMode),
  item_schema: optional(json()),
  action_params: optional(json()),
  permission_set_refs: optional(list(text())),
  config: optional(json()),
});
export type UpdateWorkQueueRequest = z.output<typeof UpdateWorkQueueRequest>;
