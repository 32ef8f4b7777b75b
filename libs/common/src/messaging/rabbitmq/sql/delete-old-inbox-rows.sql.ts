import { type Database, execute } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';

/** Forgets up to `limit` messages that were handled longer ago than so many hours, oldest first; gives how many. */
export function deleteOldInboxRows(db: Database, olderThanHours: number, limit: number): Promise<number> {
  return execute(
    db,
    sql`
    delete from message_inbox as i
    where (i.message_id, i.created) in (
      select o.message_id, o.created
      from message_inbox as o
      where o.consumed_at < now() - ${olderThanHours} * interval '1 hour'
      order by o.consumed_at
      limit ${limit}
      for update skip locked
    )`,
  );
}
