import { CHANNEL, execute, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** Tells workers at commit that something they run is being cancelled; one that does not hear it finds out by polling. */
export async function wakeWorkersToCancel(db: EntityManager, workers: readonly number[]): Promise<void> {
  if (workers.length === 0) return;
  await execute(
    db,
    sql`select pg_notify(${CHANNEL.cancel}, w.id::text) from unnest(${[...new Set(workers)]}::bigint[]) as w (id)`,
  );
}
