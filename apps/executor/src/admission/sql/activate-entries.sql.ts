import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** So many of a locked group may go on. */
export interface SlotGrant {
  readonly state: number;
  readonly room: number;
}

export interface MovedEntry {
  readonly state: number;
  readonly execution: number;
  readonly actionRef: string;
}

/**
 * Gives slots to those who have waited longest and gives them in their order. Who is leaving the queue at this moment is skipped, so
 * this never waits for somebody who may hold what we need.
 */
export function activateEntries(db: EntityManager, grants: readonly SlotGrant[]): Promise<MovedEntry[]> {
  return run<MovedEntry>(
    db,
    sql`
    with next as materialized (
      select n.id
      from jsonb_to_recordset(${json(grants)}::jsonb) as g (state bigint, room integer)
      cross join lateral (
        select a.id
        from execution_admission_entry as a
        where a.state = g.state and a.status = 'queued'
        order by a.queue_order
        limit g.room
        for update skip locked
      ) as n
    ), activated as (
      update execution_admission_entry as a
      set status = 'active', activated_at = clock_timestamp()
      from next
      where a.id = next.id
      returning a.state, a.execution, a.action_ref, a.queue_order
    )
    select t.state, t.execution, t.action_ref as "actionRef" from activated as t order by t.state, t.queue_order`.prepared(),
  );
}
