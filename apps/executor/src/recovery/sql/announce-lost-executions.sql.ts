import { createdWhileLive, execute, QUEUE, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/**
 * Announces requested executions again that have no message; gives how many. One statement, one snapshot: an execution
 * whose message is being consumed right now still has it here, and one whose consumer has committed is not requested any more, or has
 * a place in the queue of a policy, which announces it when it may go on.
 */
export function announceLostExecutions(db: EntityManager, olderThanSeconds: number, limit: number): Promise<number> {
  return execute(
    db,
    sql`
    insert into outbox_message (queue, topic, payload)
    select ${QUEUE.executorExecutions}, 'execution.requested', jsonb_build_object('execution_id', e.id)
    from execution as e
    where
      e.status in ('requested', 'scheduling') and ${createdWhileLive(sql`e.created`)}
      and e.updated < now() - ${olderThanSeconds} * interval '1 second'
      -- Not "not in": that is a search through the whole queue for each execution once the queue is long.
      and not exists (
        select from outbox_message as o
        where o.queue = ${QUEUE.executorExecutions} and (o.payload ->> 'execution_id')::bigint = e.id
      )
      and not exists (
        select from execution_admission_entry as a where a.execution = e.id and a.status = 'queued'
      )
    order by e.created, e.id
    limit ${limit}`,
  );
}
