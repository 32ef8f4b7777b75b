import { execute, json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** An action and the policy that limits it. */
export interface CountedAction {
  readonly action_ref: string;
  readonly policy: number;
  readonly threshold: number;
}

/** The actions whose numbers these policies, by what they limit, can have changed, and those that were not idle: their policy may be gone. */
export async function listCountedActions(db: EntityManager, policies: readonly number[]): Promise<string[]> {
  const rows = await run<{ ref: string }>(
    db,
    sql`
    select q.action_ref as ref
    from queue_stats as q
    join action as a on a.id = q.action_id
    where q.queue_length > 0 or q.active_count > 0 or exists (
      select from policy as p
      where
        p.id = any(${policies}::bigint[])
        and coalesce(p.action_ref = q.action_ref, p.scope_pack_ref = a.pack_ref, true)
    )`,
  );
  return rows.map(({ ref }) => ref);
}

/** Counts the groups of each action's policy and stores what has changed. */
export async function writeQueueStats(db: EntityManager, actions: readonly CountedAction[]): Promise<void> {
  if (actions.length === 0) return;
  await execute(
    db,
    sql`
    with given as materialized (
      select g.action_ref, g.policy, g.threshold
      from jsonb_to_recordset(${json(actions)}::jsonb) as g (action_ref text, policy bigint, threshold integer)
    ), counted as materialized (
      select
        s.policy, sum(s.total_enqueued) as total_enqueued, sum(s.total_completed) as total_completed,
        sum(c.queued) as queued, sum(c.active) as active, min(c.oldest) as oldest
      from execution_admission_state as s
      cross join lateral (
        select
          count(*) filter (where a.status = 'queued') as queued, count(*) filter (where a.status = 'active') as active,
          min(a.enqueued_at) filter (where a.status = 'queued') as oldest
        from execution_admission_entry as a
        where a.state = s.id
      ) as c
      where s.policy in (select g.policy from given as g)
      group by s.policy
    )
    insert into queue_stats as q (
      action_id, action_ref, queue_length, active_count, max_concurrent, oldest_enqueued_at, total_enqueued,
      total_completed, last_updated
    )
    select
      a.id, a.ref, coalesce(c.queued, 0), coalesce(c.active, 0), g.threshold, c.oldest, coalesce(c.total_enqueued, 0),
      coalesce(c.total_completed, 0), statement_timestamp()
    from given as g
    join action as a on a.ref = g.action_ref
    left join counted as c on c.policy = g.policy
    order by a.id
    on conflict (action_id) do update
    set
      action_ref = excluded.action_ref,
      queue_length = excluded.queue_length,
      active_count = excluded.active_count,
      max_concurrent = excluded.max_concurrent,
      oldest_enqueued_at = excluded.oldest_enqueued_at,
      total_enqueued = excluded.total_enqueued,
      total_completed = excluded.total_completed,
      last_updated = excluded.last_updated
    -- Two executors may count at once: the later count stays.
    where q.last_updated < excluded.last_updated and (
      q.queue_length, q.active_count, q.max_concurrent, q.oldest_enqueued_at, q.total_enqueued, q.total_completed
    ) is distinct from (
      excluded.queue_length, excluded.active_count, excluded.max_concurrent, excluded.oldest_enqueued_at,
      excluded.total_enqueued, excluded.total_completed
    )`,
  );
}

/** Nothing limits these actions any more: nobody waits. What happened so far stays. */
export async function clearQueueStats(db: EntityManager, actionRefs: readonly string[]): Promise<void> {
  if (actionRefs.length === 0) return;
  await execute(
    db,
    sql`
    update queue_stats as q
    set queue_length = 0, active_count = 0, oldest_enqueued_at = null, last_updated = statement_timestamp()
    where q.action_ref = any(${actionRefs}::text[]) and (q.queue_length > 0 or q.active_count > 0)`,
  );
}
