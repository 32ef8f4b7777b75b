import { type ConsumeMessage, type GetMessage } from 'amqplib';
import { z } from 'zod';
import { type Message } from '../sql/take-messages.sql.js';

/** A message from the broker, with what acknowledging it needs. */
export interface Delivery extends Message {
  /** When it was published; ISO 8601 with microseconds. */
  readonly created: string;
  readonly raw: ConsumeMessage | GetMessage;
}

/** Header with the number of failed tries. */
export const ATTEMPT_HEADER = 'x-attune-attempt';
/** Header with the moment of publication: the broker's own timestamp has whole seconds only. */
export const CREATED_HEADER = 'x-attune-created';

const properties = z.object({
  messageId: z.string().regex(/^\d{1,15}$/),
  type: z.string(),
  headers: z.object({ [ATTEMPT_HEADER]: z.int().min(0), [CREATED_HEADER]: z.iso.datetime() }),
});

/** Null: it is none of ours. */
export function readDelivery(raw: ConsumeMessage | GetMessage): Delivery | null {
  const read = properties.safeParse(raw.properties);
  if (!read.success) return null;
  const { messageId, type: topic, headers } = read.data;
  try {
    const payload: unknown = JSON.parse(raw.content.toString());
    return {
      id: Number(messageId),
      topic,
      payload,
      attempt: headers[ATTEMPT_HEADER],
      created: headers[CREATED_HEADER],
      raw,
    };
  } catch {
    return null;
  }
}
