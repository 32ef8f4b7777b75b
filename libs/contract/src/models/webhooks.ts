import { z } from 'zod';
import { request, response, shared } from '../define.js';
import { bool, int64, json, list, omittable, optional, text, timestamp } from '../fields.js';

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

/**
 * Signature over the bytes of the body. `secret` is never shown: answers hold `***`, which a request may send back to keep
 * the stored one.
 */
export const WebhookHmac = shared(
  'WebhookHmac',
  {
    enabled: bool().default(false),
    secret: text().nullish(),
    algorithm: z.enum(['sha1', 'sha256', 'sha512']).nullish(),
  },
  { strict: true },
);
export type WebhookHmac = z.output<typeof WebhookHmac>;

/** Addresses and CIDR ranges that may send. */
export const WebhookIpWhitelist = shared(
  'WebhookIpWhitelist',
  {
    enabled: bool().default(false),
    ips: list(text()).nullish(),
  },
  { strict: true },
);
export type WebhookIpWhitelist = z.output<typeof WebhookIpWhitelist>;

/** At most `requests` in `window_seconds`. */
export const WebhookRateLimit = shared(
  'WebhookRateLimit',
  {
    enabled: bool().default(false),
    requests: int64().nullish(),
    window_seconds: int64().nullish(),
  },
  { strict: true },
);
export type WebhookRateLimit = z.output<typeof WebhookRateLimit>;

/** What a webhook asks of its senders. A section it does not know would be a check nobody makes, so it is refused. */
export const TriggerWebhookConfig = shared(
  'TriggerWebhookConfig',
  {
    payload_size_limit_kb: int64().nullish(),
    ip_whitelist: WebhookIpWhitelist.nullish(),
    rate_limit: WebhookRateLimit.nullish(),
    hmac: WebhookHmac.nullish(),
  },
  { strict: true },
);
export type TriggerWebhookConfig = z.output<typeof TriggerWebhookConfig>;
