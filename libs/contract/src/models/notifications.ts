import { z } from 'zod';
import { enumeration, request, response } from '../define.js';
import { bool, float64, int32, int64, json, omittable, text, timestamp, uint64 } from '../fields.js';
import { ArtifactType } from './artifacts.js';
import { EnforcementCondition, EnforcementStatus } from './enforcements.js';
import { ExecutionStatus, WorkflowTaskMetadata } from './executions.js';
import { InquiryStatus } from './inquiries.js';
import { ArtifactVisibility, OwnerType } from './permissions.js';
import { WorkQueueItemStatus } from './work-queue-items.js';
import { WorkQueueBatchMode, WorkQueueUpdateStrategy } from './work-queues.js';

export const NotificationType = enumeration('NotificationType', [
  'attune_notifications',
  'execution_status_changed',
  'execution_created',
  'inquiry_created',
  'inquiry_responded',
  'inquiry_timeout',
  'enforcement_created',
  'enforcement_status_changed',
  'event_created',
  'workflow_execution_status_changed',
  'artifact_created',
  'artifact_updated',
  'work_queue_created',
  'work_queue_updated',
  'work_queue_item_created',
  'work_queue_item_updated',
]);
export type NotificationType = z.output<typeof NotificationType>;

export const NotifierStats = response('NotifierStats', {
  connected_clients: uint64(),
  total_subscriptions: uint64(),
});
export type NotifierStats = z.output<typeof NotifierStats>;

export const NotifyArtifactPayload = response('NotifyArtifactPayload', {
  entity_type: z.literal('artifact'),
  entity_id: int64(),
  id: int64(),
  ref: text(),
  type: ArtifactType,
  visibility: ArtifactVisibility,
  name: text().nullable(),
  scope: OwnerType,
  owner: text(),
  content_type: text().nullable(),
  size_bytes: int64().nullable(),
  progress_percent: omittable(float64().nullable()),
  progress_message: omittable(text().nullable()),
  progress_entries: omittable(int32().nullable()),
  created: timestamp(),
  updated: omittable(timestamp()),
});
export type NotifyArtifactPayload = z.output<typeof NotifyArtifactPayload>;

export const NotifyEnforcementPayload = response('NotifyEnforcementPayload', {
  entity_type: z.literal('enforcement'),
  entity_id: int64(),
  id: int64(),
  rule: int64().nullable(),
  rule_ref: text(),
  trigger_ref: text(),
  event: int64().nullable(),
  status: EnforcementStatus,
  old_status: omittable(EnforcementStatus),
  condition: EnforcementCondition,
  created: timestamp(),
  resolved_at: timestamp().nullable(),
});
export type NotifyEnforcementPayload = z.output<typeof NotifyEnforcementPayload>;

export const NotifyEventPayload = response('NotifyEventPayload', {
  entity_type: z.literal('event'),
  entity_id: int64(),
  id: int64(),
  trigger: int64().nullable(),
  trigger_ref: text(),
  source: int64().nullable(),
  source_ref: text().nullable(),
  rule: int64().nullable(),
  rule_ref: text().nullable(),
  has_payload: bool(),
  created: timestamp(),
});
export type NotifyEventPayload = z.output<typeof NotifyEventPayload>;

export const NotifyExecutionPayload = response('NotifyExecutionPayload', {
  entity_type: z.literal('execution'),
  entity_id: int64(),
  id: int64(),
  action_id: int64().nullable(),
  action_ref: text(),
  status: ExecutionStatus,
  old_status: omittable(ExecutionStatus),
  enforcement: int64().nullable(),
  rule_ref: text().nullable(),
  trigger_ref: text().nullable(),
  parent: int64().nullable(),
  started_at: timestamp().nullable(),
  workflow_task: WorkflowTaskMetadata.nullable(),
  created: timestamp(),
  updated: timestamp(),
});
export type NotifyExecutionPayload = z.output<typeof NotifyExecutionPayload>;

export const NotifyInquiryPayload = response('NotifyInquiryPayload', {
  entity_type: z.literal('inquiry'),
  entity_id: int64(),
  id: int64(),
  execution: int64(),
  status: InquiryStatus,
  timeout_at: omittable(timestamp().nullable()),
  created: omittable(timestamp()),
  updated: omittable(timestamp()),
});
export type NotifyInquiryPayload = z.output<typeof NotifyInquiryPayload>;

export const NotifyWorkQueueItemPayload = response('NotifyWorkQueueItemPayload', {
  entity_type: z.literal('work_queue_item'),
  entity_id: int64(),
  id: int64(),
  queue: int64(),
  queue_ref: text(),
  item_key: text().nullable(),
  priority: int32(),
  status: WorkQueueItemStatus,
  old_status: omittable(WorkQueueItemStatus),
  enqueue_source: text(),
  requested_by_identity: int64().nullable(),
  requested_by_execution: int64().nullable(),
  requested_by_enforcement: int64().nullable(),
  leased_execution: int64().nullable(),
  lease_expires_at: timestamp().nullable(),
  attempt_count: int32(),
  created: timestamp(),
  updated: timestamp(),
});
export type NotifyWorkQueueItemPayload = z.output<typeof NotifyWorkQueueItemPayload>;

export const NotifyWorkQueuePayload = response('NotifyWorkQueuePayload', {
  entity_type: z.literal('work_queue'),
  entity_id: int64(),
  id: int64(),
  ref: text(),
  pack_ref: text().nullable(),
  is_adhoc: bool(),
  label: text(),
  enabled: bool(),
  dispatch_action_ref: text(),
  default_priority: int32(),
  allow_pending_update: bool(),
  update_strategy: WorkQueueUpdateStrategy,
  batch_mode: WorkQueueBatchMode,
  created: timestamp(),
  updated: timestamp(),
});
export type NotifyWorkQueuePayload = z.output<typeof NotifyWorkQueuePayload>;

export const NotifyWorkflowExecutionPayload = response('NotifyWorkflowExecutionPayload', {
  entity_type: z.literal('execution'),
  entity_id: int64(),
  id: int64(),
  action_ref: text(),
  status: ExecutionStatus,
  old_status: ExecutionStatus,
  workflow_def: int64(),
  parent: int64().nullable(),
  created: timestamp(),
  updated: timestamp(),
});
export type NotifyWorkflowExecutionPayload = z.output<typeof NotifyWorkflowExecutionPayload>;

export const WsError = response('WsError', {
  type: z.literal('error'),
  message: text(),
});
export type WsError = z.output<typeof WsError>;

/** Something changed. */
export const WsNotification = response('WsNotification', {
  type: z.literal('notification'),
  notification_type: z.enum([
    'attune_notifications',
    'execution_status_changed',
    'execution_created',
    'inquiry_created',
    'inquiry_responded',
    'inquiry_timeout',
    'enforcement_created',
    'enforcement_status_changed',
    'event_created',
    'workflow_execution_status_changed',
    'artifact_created',
    'artifact_updated',
    'work_queue_created',
    'work_queue_updated',
    'work_queue_item_created',
    'work_queue_item_updated',
  ]),
  entity_type: z.enum(['execution', 'inquiry', 'enforcement', 'event', 'artifact', 'work_queue', 'work_queue_item']),
  entity_id: int64(),
  user_id: int64().nullable(),
  payload: json().nullable(),
  timestamp: timestamp(),
});
export type WsNotification = z.output<typeof WsNotification>;

export const WsPing = request('WsPing', {
  type: z.literal('ping'),
});
export type WsPing = z.output<typeof WsPing>;

/** `filter` is one of the forms the notifier knows. */
export const WsSubscribe = request('WsSubscribe', {
  type: z.literal('subscribe'),
  filter: text(),
});
export type WsSubscribe = z.output<typeof WsSubscribe>;

export const WsUnsubscribe = request('WsUnsubscribe', {
  type: z.literal('unsubscribe'),
  filter: text(),
});
export type WsUnsubscribe = z.output<typeof WsUnsubscribe>;

export const WsWelcome = response('WsWelcome', {
  type: z.literal('welcome'),
  client_id: text(),
  message: text(),
});
export type WsWelcome = z.output<typeof WsWelcome>;
