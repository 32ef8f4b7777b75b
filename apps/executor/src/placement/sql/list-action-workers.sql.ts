import { createdWhileLive, QUEUE, run, sql } from '@attune/common';
import { type Json } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** A worker as it is stored, with what it holds. */
export interface ActionWorker {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly status: string;
  readonly cordoned: boolean;
  /** By the database's clock; null: never heard of. */
  readonly heartbeatAgeMs: number | null;
  /** `{name: [version…]}`. */
  readonly runtimes: Json;
  readonly labels: Json;
  readonly taints: Json;
  /** Executions it runs at once; null: it did not say. */
  readonly slots: number | null;
  /** Executions that may wait at it besides; null: it did not say. */
  readonly waiting: number | null;
  /** Some execution waits for room at it. */
  readonly isAwaited: boolean;
  /** Executions placed on it that have not ended. */
  readonly assigned: number;
}

/** All workers that run actions, dead ones too: whether one could ever take an execution decides between waiting and failing. */
export function listActionWorkers(db: EntityManager): Promise<ActionWorker[]> {
  return run<ActionWorker>(
    db,
    sql`
    select
      w.id, w.name, w.worker_role as role, w.status, w.cordoned,
      (extract(epoch from clock_timestamp() - w.last_heartbeat) * 1000)::float8 as "heartbeatAgeMs",
      w.capabilities -> 'runtimes' as runtimes, w.labels, w.taints,
      case
        when jsonb_typeof(w.capabilities -> 'max_concurrent_executions') = 'number'
        then (w.capabilities ->> 'max_concurrent_executions')::float8
      end as slots,
      case
        when jsonb_typeof(w.capabilities -> 'max_waiting_executions') = 'number'
        then (w.capabilities ->> 'max_waiting_executions')::float8
      end as waiting,
      exists (
        select from outbox_message as o
        where
          o.queue = ${QUEUE.executorExecutions} and o.available_at > now()
          and o.payload -> 'waits_for' @> to_jsonb(w.id)
      ) as "isAwaited",
      coalesce(l.assigned, 0)::int as assigned
    from worker as w
    left join (
      select e.worker, count(*) as assigned
      from execution as e
      where e.status in ('scheduled', 'running', 'canceling') and ${createdWhileLive(sql`e.created`)}
      group by e.worker
    ) as l on l.worker = w.id
    where w.worker_role = 'action'
    order by w.id`.prepared(),
  );
}
