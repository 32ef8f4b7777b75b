import { bool, text } from '../fields.js';
import { defineOperation } from '../operation.js';
import { WebhookReceiverRequest, WebhookReceiverResponse } from '../models/webhooks.js';

export const webhookOperations = {
  receiveWebhook: defineOperation({
    operationId: 'receiveWebhook',
    method: 'POST',
    path: '/api/v1/webhooks/{webhook_key}',
    summary: 'Turns a request of a third party into an event',
    auth: 'webhook-key',
    permission: null,
    params: { webhook_key: text() },
    query: {
      /** The whole body is the payload, for senders that cannot be told to wrap it. */
      raw: bool().default(false),
    },
    body: WebhookReceiverRequest,
    success: { status: 200, shape: 'data', model: WebhookReceiverResponse },
    errors: [400, 401, 403, 404, 413, 429, 500],
  }),
} as const;
