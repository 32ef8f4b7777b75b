import { createdAmong, run, sql } from '@attune/common';
import { type Json, type JsonObject } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** An execution nobody has placed yet. Placement columns: null = the action's. */
export interface PlaceableExecution {
  readonly id: number;
  readonly actionRef: string;
  /** Flat parameters, secrets redacted; null: none. */
  readonly config: JsonObject | null;
  readonly workerSelector: Json;
  readonly workerTolerations: Json;
  readonly workerAffinity: Json;
  /** How long it has been waiting for a worker, by the database's clock; time in the queue of a policy does not count. */
  readonly waitedMs: number;
}

/** Those of the executions that still wait for a worker, oldest first. */
export function listPlaceableExecutions(db: EntityManager, ids: readonly number[]): Promise<PlaceableExecution[]> {
  return run<PlaceableExecution>(
    db,
    sql`
    select
      e.id, e.action_ref as "actionRef", e.config,
      e.worker_selector as "workerSelector", e.worker_tolerations as "workerTolerations",
      e.worker_affinity as "workerAffinity",
      (extract(epoch from clock_timestamp() - greatest(e.updated, (
        select a.activated_at from execution_admission_entry as a where a.execution = e.id
      ))) * 1000)::float8 as "waitedMs"
    from execution as e
    where
      e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
      and e.status in ('requested', 'scheduling')
    order by e.created, e.id`.prepared(),
  );
}
