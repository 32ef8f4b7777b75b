import { type z } from 'zod';
import { enumeration, request, response, shared } from '../define.js';
import { int32, int64, json, list, optional, orDefault, text, timestamp, uuid } from '../fields.js';
import { NullableStringPatch } from './patches.js';

export const WorkQueueItemStatus = enumeration('WorkQueueItemStatus', [
  'queued',
  'leased',
  'retry',
  'completed',
  'failed',
  'skipped',
  'cancelled',
]);
export type WorkQueueItemStatus = z.output<typeof WorkQueueItemStatus>;

/** An item and where it stands. */
export const WorkQueueItemResponse = response('WorkQueueItemResponse', {
  id: int64(),
  queue: int64(),
  queue_ref: text(),
  item_key: text().nullable(),
  priority: int32(),
  status: WorkQueueItemStatus,
  payload: json().nullable(),
  metadata: json().nullable(),
  enqueue_source: text(),
  requested_by_identity: int64().nullable(),
  requested_by_execution: int64().nullable(),
  requested_by_enforcement: int64().nullable(),
  leased_execution: int64().nullable(),
  lease_token: uuid().nullable(),
  lease_expires_at: timestamp().nullable(),
  attempt_count: int32(),
  last_error: json().nullable(),
  ack_summary: json().nullable(),
  created: timestamp(),
  updated: timestamp(),
});
export type WorkQueueItemResponse = z.output<typeof WorkQueueItemResponse>;

export const EnqueueWorkQueueItemRequest = request('EnqueueWorkQueueItemRequest', {
  item_key: optional(text()),
  priority: optional(int32()),
  payload: json().nullable(),
  metadata: orDefault(json(), {}),
});
export type EnqueueWorkQueueItemRequest = z.output<typeof EnqueueWorkQueueItemRequest>;

export const UpdateWorkQueueItemRequest = request('UpdateWorkQueueItemRequest', {
  item_key: optional(NullableStringPatch),
  priority: optional(int32()),
  payload: optional(json()),
  metadata: optional(json()),
});
export type UpdateWorkQueueItemRequest = z.output<typeof UpdateWorkQueueItemRequest>;

export const WorkQueueAckItemStatus = enumeration('WorkQueueAckItemStatus', [
  'completed',
  'retry',
  'failed',
  'skipped',
]);
export type WorkQueueAckItemStatus = z.output<typeof WorkQueueAckItemStatus>;

export const WorkQueueAckItem = shared(
  'WorkQueueAckItem',
  {
    id: int64(),
    status: WorkQueueAckItemStatus,
    summary: json().nullish(),
    error: json().nullish(),
  },
  { strict: true },
);
export type WorkQueueAckItem = z.output<typeof WorkQueueAckItem>;

/** What an execution says about the items it was given. */
export const WorkQueueAck = shared(
  'WorkQueueAck',
  {
    version: int32().default(1),
    items: list(WorkQueueAckItem),
  },
  { strict: true },
);
export type WorkQueueAck = z.output<typeof WorkQueueAck>;
