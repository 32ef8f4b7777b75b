import { type EntityManager } from 'typeorm';
import { execute } from '../database/run.js';
import { sql } from '../database/sql.js';
import { type OutgoingMessage, SUBSCRIPTIONS } from './topics.js';

export interface PublishOptions {
  /** Not before so many milliseconds from now. @default 0 */
  readonly delayMs?: number;
}

/**
 * Writes messages into the outbox, one row for each consumer group, in the caller's transaction: they exist exactly when
 * the change they announce does. The notify trigger wakes the consumers at commit.
 */
export async function publish(
  db: EntityManager,
  messages: readonly OutgoingMessage[],
  { delayMs = 0 }: PublishOptions = {},
): Promise<void> {
  const rows = messages.flatMap(({ topic, payload }) =>
    SUBSCRIPTIONS[topic].map((queue) => ({ queue, topic, payload: JSON.stringify(payload) })),
  );
  if (rows.length === 0) return;
  await execute(
    db,
    sql`
    insert into outbox_message (queue, topic, payload, available_at)
    select m.queue, m.topic, m.payload::jsonb, now() + ${delayMs} * interval '1 millisecond'
    from unnest(
      ${rows.map((row) => row.queue)}::text[],
      ${rows.map((row) => row.topic)}::text[],
      ${rows.map((row) => row.payload)}::text[]
    ) as m (queue, topic, payload)`.prepared(),
  );
}
