import { execute, QUEUE, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { isWithoutMessage } from './lost-executions.sql.js';

/**
 * Announces requested executions again that have no message; gives how many. One statement, one snapshot: an execution
 * whose message is being consumed right now still has it here, and one whose consumer has committed is not requested any more.
 * Only where every message is in the outbox until it is consumed.
 */
export function announceLostExecutions(db: EntityManager, olderThanSeconds: number, limit: number): Promise<number> {
  return execute(
    db,
    sql`
    insert into outbox_message (queue, topic, payload)
    select ${QUEUE.executorExecutions}, 'execution.requested', jsonb_build_object('execution_id', e.id)
    from execution as e
    where ${isWithoutMessage(olderThanSeconds)}
    order by e.created, e.id
    limit ${limit}`,
  );
}
