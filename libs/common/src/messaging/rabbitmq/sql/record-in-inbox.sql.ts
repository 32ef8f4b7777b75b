import { type EntityManager } from 'typeorm';
import { run } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';

/** What tells a message from every other one. Ids alone could come back after a restored backup or a failover. */
export interface MessageKey {
  readonly id: number;
  /** When it was published; ISO 8601 with microseconds. */
  readonly created: string;
}

/**
 * Notes messages as handled, in the transaction of their effect; gives those that were not. Of two consumers with the same message the
 * second one waits here for the first, and gets it only if that one fails. Sorted, so that two never wait for each other.
 */
export function recordInInbox(db: EntityManager, messages: readonly MessageKey[]): Promise<MessageKey[]> {
  return run<MessageKey>(
    db,
    sql`
    insert into message_inbox (message_id, created)
    select m.id, m.created
    from unnest(${messages.map(({ id }) => id)}::bigint[], ${messages.map(({ created }) => created)}::timestamptz[])
      as m (id, created)
    order by m.id, m.created
    on conflict (message_id, created) do nothing
    returning message_id as id, to_char(created at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created`.prepared(),
  );
}
