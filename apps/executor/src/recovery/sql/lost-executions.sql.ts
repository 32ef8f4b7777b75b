import { createdWhileLive, QUEUE, type Sql, sql } from '@attune/common';

/**
 * Condition on `execution as e`: requested, untouched for so long, without a message in the outbox, and without a place in the
 * queue of a policy, which announces it when it may go on.
 */
export const isWithoutMessage = (olderThanSeconds: number): Sql => sql`
  e.status in ('requested', 'scheduling') and ${createdWhileLive(sql`e.created`)}
  and e.updated < now() - ${olderThanSeconds} * interval '1 second'
  -- Not "not in": that is a search through the whole queue for each execution once the queue is long.
  and not exists (
    select from outbox_message as o
    where o.queue = ${QUEUE.executorExecutions} and (o.payload ->> 'execution_id')::bigint = e.id
  )
  and not exists (
    select from execution_admission_entry as a where a.execution = e.id and a.status = 'queued'
  )`;
