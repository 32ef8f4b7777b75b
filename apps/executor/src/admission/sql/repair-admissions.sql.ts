import { createdAmong, execute, QUEUE, run, sql } from '@attune/common';
import { LIVE_EXECUTION_STATUSES } from '@attune/engine';
import { type EntityManager } from 'typeorm';

export interface EntryHead {
  readonly id: number;
  readonly execution: number;
}

/** The next entries after `afterId`, by id. */
export function listEntryHeads(db: EntityManager, afterId: number, limit: number): Promise<EntryHead[]> {
  return run<EntryHead>(
    db,
    sql`
    select a.id, a.execution
    from execution_admission_entry as a
    where a.id > ${afterId}
    order by a.id
    limit ${limit}`,
  );
}

/** Which of these executions are there and have not ended. */
export async function listLiveAmong(db: EntityManager, executions: readonly number[]): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    select e.id
    from execution as e
    where
      e.id = any(${executions}::bigint[]) and ${createdAmong(sql`e.created`, executions)}
      and e.status = any(${LIVE_EXECUTION_STATUSES}::execution_status[])`,
  );
  return rows.map(({ id }) => id);
}

/** Removes entries, except what somebody is removing at this moment, has their groups looked at, and gives how many. */
export async function removeEntries(db: EntityManager, ids: readonly number[]): Promise<number> {
  const [row] = await run<{ removed: number }>(
    db,
    sql`
    with stale as materialized (
      select a.id from execution_admission_entry as a where a.id = any(${ids}::bigint[]) for update skip locked
    ), removed as (
      delete from execution_admission_entry as a
      using stale
      where a.id = stale.id
      returning a.state, a.status
    ), told as (
      insert into outbox_message (queue, topic, payload)
      select
        ${QUEUE.executorAdmission}, 'admission.released',
        jsonb_build_object('state_id', r.state, 'completed', count(*) filter (where r.status = 'active'))
      from removed as r
      group by r.state
      order by r.state
    )
    select count(*)::int as removed from removed`,
  );
  return row?.removed ?? 0;
}

/**
 * Has groups looked at in which executions wait although there is room, or whose policy does not apply any more, and for which no
 * message is on its way; gives how many. One statement, one snapshot: whoever is looking after a group right now still has its
 * message here.
 */
export function releaseStuckGroups(db: EntityManager, olderThanSeconds: number): Promise<number> {
  return execute(
    db,
    sql`
    insert into outbox_message (queue, topic, payload)
    select ${QUEUE.executorAdmission}, 'admission.released', jsonb_build_object('state_id', s.id, 'reconsider', true)
    from execution_admission_state as s
    left join policy as p on p.id = s.policy
    cross join lateral (
      select
        count(*) filter (where a.status = 'active') as active, count(*) filter (where a.status = 'queued') as waiting
      from execution_admission_entry as a
      where a.state = s.id
    ) as c
    where
      c.waiting > 0 and s.updated < now() - ${olderThanSeconds} * interval '1 second'
      and (
        c.active < coalesce(p.threshold, c.active + 1) or not p.enabled
        or not (p.parameters @> s.parameters and p.parameters <@ s.parameters)
      )
      and not exists (
        select from outbox_message as o
        where o.queue = ${QUEUE.executorAdmission} and (o.payload ->> 'state_id')::bigint = s.id
      )
    order by s.id`,
  );
}

/** Removes the groups of deleted policies once nobody holds a slot of theirs. */
export function removeEmptyGroups(db: EntityManager): Promise<number> {
  return execute(
    db,
    sql`
    with empty as materialized (
      select s.id
      from execution_admission_state as s
      where s.policy is null and not exists (select from execution_admission_entry as a where a.state = s.id)
      for update skip locked
    )
    delete from execution_admission_state as s
    using empty
    where s.id = empty.id`,
  );
}
