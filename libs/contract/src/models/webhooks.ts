import { z } from 'zod';
import { request, response } from '../define.js';
import { bool, int64, json, omittable, optional, text, timestamp } from '../fields.js';

/** `payload` becomes the payload of the event. */
export const WebhookReceiverRequest = request('WebhookReceiverRequest', {
  payload: json().nullable(),
  headers: optional(json()),
  /** Accepted and ignored, like `user_agent`: the connection says who sends. */
  source_ip: optional(text()),
  user_agent: optional(text()),
});
export type WebhookReceiverRequest = z.output<typeof WebhookReceiverRequest>;

/** The event is stored and will be processed, whatever dies after this answer. */
export const WebhookReceiverResponse = response('WebhookReceiverResponse', {
  event_id: int64(),
  trigger_ref: text(),
  received_at: timestamp(),
  message: text(),
});
export type WebhookReceiverResponse = z.output<typeof WebhookReceiverResponse>;

/** `config` of an event that came through a webhook. The key is shortened to its last four characters. */
export const WebhookEventConfig = response('WebhookEventConfig', {
  source: z.literal('webhook'),
  webhook_key: text(),
  /** RFC 3339 with +00:00. */
  received_at: text(),
  /** Copied from the body field headers, not from HTTP headers. */
  headers: omittable(json()),
  source_ip: omittable(text()),
  user_agent: omittable(text()),
  hmac_verified: omittable(bool()),
});
export type WebhookEventConfig = z.output<typeof WebhookEventConfig>;
