import { type EntityManager } from 'typeorm';
import { run } from '../../database/run.js';
import { sql } from '../../database/sql.js';
import { type QueueName } from '../topics.js';

/** A message as its consumer sees it. `payload` belongs to `topic` (TopicPayloads). */
export interface Message {
  readonly id: number;
  readonly topic: string;
  readonly payload: unknown;
  /** Failed tries so far. */
  readonly attempt: number;
}

/**
 * Deletes up to `limit` due messages of a queue and gives them, oldest first. Deleting them first is safe because it is
 * the consumer's transaction: if its effect fails, they are back. Rows another consumer holds are skipped.
 */
export function takeMessages(db: EntityManager, queue: QueueName, limit: number): Promise<Message[]> {
  return run<Message>(
    db,
    sql`
    with due as materialized (
      select o.id
      from outbox_message as o
      where o.queue = ${queue} and o.available_at <= now()
      order by o.available_at, o.id
      limit ${limit}
      for update skip locked
    ), taken as (
      delete from outbox_message as o
      using due
      where o.id = due.id
      returning o.id, o.topic, o.payload, o.attempt
    )
    select t.id, t.topic, t.payload, t.attempt from taken as t order by t.id`.prepared(),
  );
}

/** The same for one message; [] when it is gone or held by another consumer. */
export function takeMessage(db: EntityManager, id: number): Promise<Message[]> {
  return run<Message>(
    db,
    sql`
    with due as materialized (
      select o.id from outbox_message as o where o.id = ${id} for update skip locked
    )
    delete from outbox_message as o
    using due
    where o.id = due.id
    returning o.id, o.topic, o.payload, o.attempt`,
  );
}

/** Ids of up to `limit` due messages, oldest first: the candidates when a batch failed and each is tried alone. */
export async function dueMessageIds(db: EntityManager, queue: QueueName, limit: number): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    select o.id
    from outbox_message as o
    where o.queue = ${queue} and o.available_at <= now()
    order by o.available_at, o.id
    limit ${limit}`,
  );
  return rows.map((row) => row.id);
}
