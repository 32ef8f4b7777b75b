import { run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** A worker that just turned out to be dead. */
export interface DeadWorker {
  readonly id: number;
  readonly name: string;
  readonly role: 'action' | 'sensor';
  readonly cordoned: boolean;
  /** ISO 8601; null: never heard of. */
  readonly lastHeartbeat: string | null;
}

export function listWorkersById(db: EntityManager, ids: readonly number[]): Promise<DeadWorker[]> {
  return run<DeadWorker>(
    db,
    sql`
    select
      w.id, w.name, w.worker_role as role, w.cordoned,
      to_char(w.last_heartbeat at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "lastHeartbeat"
    from worker as w
    where w.id = any(${ids}::bigint[])
    order by w.id`,
  );
}
