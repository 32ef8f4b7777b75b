import { type EntityManager } from 'typeorm';
import { execute } from '../../database/run.js';
import { sql } from '../../database/sql.js';

/** Counts a failed try and puts the message off for `delayMs`. */
export function postponeMessage(db: EntityManager, id: number, error: string, delayMs: number): Promise<number> {
  return execute(
    db,
    sql`
    update outbox_message
    set attempt = attempt + 1,
        last_error = ${error},
        available_at = now() + ${delayMs} * interval '1 millisecond'
    where id = ${id}`,
  );
}

/** Moves a message that failed too often to the dead letters, where a person sees it. 0: it was gone. */
export function buryMessage(db: EntityManager, id: number, error: string): Promise<number> {
  return execute(
    db,
    sql`
    with gone as (
      delete from outbox_message as o
      where o.id = ${id}
      returning o.id, o.queue, o.topic, o.payload, o.attempt, o.created
    )
    insert into dead_letter (id, queue, topic, payload, attempt, error, created)
    select g.id, g.queue, g.topic, g.payload, g.attempt + 1, ${error}, g.created from gone as g`,
  );
}
