import { type Database, run } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';
import { type QueueName } from '../../topics.js';

/** A message on its way to the broker. */
export interface OutboxMessage {
  readonly id: number;
  readonly topic: string;
  /** JSON text, as stored. */
  readonly payload: string;
  readonly attempt: number;
  /** ISO 8601 with microseconds. */
  readonly created: string;
}

/**
 * Claims up to `limit` due messages of a queue for the broker, oldest first. For `leaseMs` nobody else claims them; then they
 * are anybody's again, for whoever claimed them is dead.
 */
export function claimOutboxMessages(
  db: Database,
  queue: QueueName,
  limit: number,
  leaseMs: number,
): Promise<OutboxMessage[]> {
  return run<OutboxMessage>(
    db,
    sql`
    with due as materialized (
      select o.id
      from outbox_message as o
      where
        o.queue = ${queue} and o.available_at <= now()
        and (o.relayed_until is null or o.relayed_until <= now())
      order by o.available_at, o.id
      limit ${limit}
      for update skip locked
    ), claimed as (
      -- No index holds this column, so the row can stay on its page.
      update outbox_message as o
      set relayed_until = now() + ${leaseMs} * interval '1 millisecond'
      from due
      where o.id = due.id
      returning o.id, o.topic, o.payload, o.attempt, o.created
    )
    select
      c.id, c.topic, c.payload::text as payload, c.attempt,
      to_char(c.created at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created
    from claimed as c
    order by c.id`.prepared(),
  );
}
