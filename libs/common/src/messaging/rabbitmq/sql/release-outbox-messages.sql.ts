import { type Database, execute } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';

/** Gives claimed messages back before their lease ends. The broker may have one of them nevertheless: the inbox then knows it. */
export function releaseOutboxMessages(db: Database, ids: readonly number[]): Promise<number> {
  return execute(db, sql`update outbox_message as o set relayed_until = null where o.id = any(${ids}::bigint[])`);
}
