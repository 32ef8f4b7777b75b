import { WebhookReceiverRequest } from '@attune/contract';
import { isTooDeep, MAX_JSON_DEPTH } from '../http/json-depth.js';
import { jsonText } from '../http/json-text.js';
import { isJsonObject, type Json, parseJson, stringifyJson } from '@attune/engine';

/** What a webhook was sent, or why it cannot be read. */
export type WebhookBody =
  | { readonly type: 'payload'; readonly payloadText: string; readonly headers: Json | undefined }
  | { readonly type: 'unreadable'; readonly reason: string };

/**
 * Reads `{"payload": …, "headers"?: …}`, or with `isRaw` the whole body as the payload. Large whole numbers
 * keep all their digits on the way to the database.
 */
export function readWebhookBody(raw: Buffer, isRaw: boolean): WebhookBody {
  if (isTooDeep(raw)) return { type: 'unreadable', reason: `The body nests deeper than ${MAX_JSON_DEPTH} levels` };
  let text: string;
  let value: Json;
  try {
    text = jsonText(raw);
    value = parseJson(text);
  } catch {
    return { type: 'unreadable', reason: 'The body is not valid JSON' };
  }
  if (isRaw) return { type: 'payload', payloadText: text, headers: undefined };
  const parsed = WebhookReceiverRequest.safeParse(value);
  if (!parsed.success || !isJsonObject(value) || !Object.hasOwn(value, 'payload')) {
    return { type: 'unreadable', reason: 'The body must be {"payload": …}; with ?raw=true it is the payload itself' };
  }
  return { type: 'payload', payloadText: stringifyJson(parsed.data.payload), headers: parsed.data.headers };
}
