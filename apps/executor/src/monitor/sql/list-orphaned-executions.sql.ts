import { createdWhileLive, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** A live execution whose worker is not there any more. */
export interface OrphanedExecution {
  readonly id: number;
  readonly actionRef: string;
  readonly status: 'scheduled' | 'running' | 'canceling';
  /** How often it has lost its worker before it was started. */
  readonly timesReturned: number;
  readonly worker: LostWorker;
}

/** The worker as it was found; all but the id null when its row is gone. */
export interface LostWorker {
  readonly id: number;
  readonly name: string | null;
  readonly role: string | null;
  readonly status: string | null;
  /** ISO 8601. */
  readonly last_heartbeat: string | null;
  readonly heartbeat_age_seconds: number | null;
  readonly cordoned: boolean | null;
}

/**
 * Executions placed on workers that are gone, failed or silent, or that left before starting them, oldest first, at most
 * `limit`. Locked, so that what the caller decides is still true when it acts; one that somebody else is changing at this
 * moment is left out, so that this never waits for a worker that waits for us. How often one
 * was returned by a death is read from its history: the row itself counts the retries of a workflow task, and one may also
 * have been returned because its worker did not begin it. A history row names the reason only when it differs from the one
 * before, so each return has the last reason named until then.
 */
export function listOrphanedExecutions(
  db: EntityManager,
  heartbeatTimeoutSeconds: number,
  limit: number,
): Promise<OrphanedExecution[]> {
  return run<OrphanedExecution>(
    db,
    sql`
    with orphaned as materialized (
      select
        e.id, e.action_ref, e.status, e.created, e.worker, w.name, w.worker_role, w.status as worker_status,
        w.last_heartbeat, w.cordoned
      from execution as e
      left join worker as w on w.id = e.worker
      where
        e.status in ('scheduled', 'running', 'canceling') and ${createdWhileLive(sql`e.created`)}
        and e.worker is not null
        and (
          w.id is null or w.status = 'error' or w.last_heartbeat is null
          or w.last_heartbeat < now() - ${heartbeatTimeoutSeconds} * interval '1 second'
          -- One that says goodbye takes nothing more, but is given time to end what it runs.
          or (w.status = 'inactive' and e.status = 'scheduled')
        )
      order by e.created, e.id
      limit ${limit}
      for update of e skip locked
    )
    select
      o.id, o.action_ref as "actionRef", o.status,
      case when o.status <> 'scheduled' then 0 else (
        select count(*)::int
        from (
          select named.is_return, max(named.reason) over (partition by named.part) as reason
          from (
            select
              h.old_values ->> 'status' = 'scheduled' and h.new_values ->> 'status' = 'requested' as is_return,
              h.new_values ->> 'retry_reason' as reason,
              count(h.new_values ->> 'retry_reason') over (order by h.time) as part
            from execution_history as h
            where h.entity_id = o.id and ${createdWhileLive(sql`h.time`)}
          ) as named
        ) as past
        where past.is_return and past.reason = 'worker_unavailable'
      ) end as "timesReturned",
      json_build_object(
        'id', o.worker, 'name', o.name, 'role', o.worker_role, 'status', o.worker_status,
        'last_heartbeat', to_char(o.last_heartbeat at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'heartbeat_age_seconds', floor(extract(epoch from now() - o.last_heartbeat)),
        'cordoned', o.cordoned
      ) as worker
    from orphaned as o
    order by o.created, o.id`,
  );
}
