import { type Database, execute } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';

/** Removes messages that the broker has confirmed: they are its own now. */
export function deleteRelayedMessages(db: Database, ids: readonly number[]): Promise<number> {
  return execute(db, sql`delete from outbox_message as o where o.id = any(${ids}::bigint[])`.prepared());
}
