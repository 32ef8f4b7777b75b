import { CHANNEL, json, QUEUE, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** Room that became free at a worker. */
export interface WorkerRoom {
  readonly worker: number;
  readonly room: number;
}

/**
 * Makes the executions due that have waited longest for these workers, as many as there is room for, and wakes the
 * consumers. Gives how many. Two processes at it at once share the same ones, and bring no more forward.
 */
export async function bringForwardPlacements(db: EntityManager, rooms: readonly WorkerRoom[]): Promise<number> {
  const [row] = await run<{ moved: number }>(
    db,
    sql`
    with next as (
      select distinct n.id
      from jsonb_to_recordset(${json(rooms)}::jsonb) as r (worker bigint, room integer)
      cross join lateral (
        select o.id
        from outbox_message as o
        where
          o.queue = ${QUEUE.executorExecutions} and o.available_at > now()
          and o.payload -> 'waits_for' @> to_jsonb(r.worker)
        order by (o.payload ->> 'execution_id')::bigint
        limit r.room
      ) as n
    ), mine as materialized (
      select o.id
      from outbox_message as o
      join next on next.id = o.id
      where o.available_at > now()
      for update of o skip locked
    ), moved as (
      update outbox_message as o
      set available_at = now()
      from mine
      where o.id = mine.id
      returning o.id
    ), woken as (
      -- The notify trigger looks at inserts only.
      select pg_notify(${CHANNEL.outbox}, ${QUEUE.executorExecutions}) from moved limit 1
    )
    select (select count(*) from moved)::int as moved, (select count(*) from woken) as notified`.prepared(),
  );
  return row?.moved ?? 0;
}
