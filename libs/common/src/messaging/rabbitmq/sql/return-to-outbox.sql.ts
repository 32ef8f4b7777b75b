import { type EntityManager } from 'typeorm';
import { execute } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';
import { type Message } from '../../sql/take-messages.sql.js';
import { type QueueName } from '../../topics.js';

/** Puts a failed message back for later, as a new message that remembers its tries: the inbox has the old one. */
export function returnToOutbox(
  db: EntityManager,
  queue: QueueName,
  { topic, payload, attempt }: Message,
  error: string,
  delayMs: number,
): Promise<number> {
  return execute(
    db,
    sql`
    insert into outbox_message (queue, topic, payload, attempt, last_error, available_at)
    values (
      ${queue}, ${topic}, ${JSON.stringify(payload)}::jsonb, ${attempt} + 1, ${error},
      now() + ${delayMs} * interval '1 millisecond'
    )`,
  );
}
