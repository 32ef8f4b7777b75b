import { type EntityManager } from 'typeorm';
import { execute } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';
import { type Message } from '../../sql/take-messages.sql.js';
import { type QueueName } from '../../topics.js';

/** Notes a message that failed too often among the dead letters, where a person sees it. */
export function buryDelivery(
  db: EntityManager,
  queue: QueueName,
  { id, topic, payload, attempt, created }: Message & { readonly created: string },
  error: string,
): Promise<number> {
  return execute(
    db,
    sql`
    insert into dead_letter (id, queue, topic, payload, attempt, error, created)
    values (${id}, ${queue}, ${topic}, ${JSON.stringify(payload)}::jsonb, ${attempt} + 1, ${error}, ${created}::timestamptz)
    on conflict (id) do nothing -- after a restored backup ids come again`,
  );
}
