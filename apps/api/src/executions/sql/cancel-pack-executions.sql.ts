import { createdWhileLive, type Database, run, sql } from '@attune/common';
import { executionPredecessors } from '@attune/engine';

/** What became of the executions of a pack. */
export interface PackCancellation {
  /** Those that had not started; they have ended. */
  readonly ended: readonly number[];
  /** The workers of those that run. */
  readonly workers: readonly number[];
}

/**
 * Cancels the executions of a pack's actions: those that run are asked to stop, the others end at once. Looks back as far as
 * live rows are looked for anywhere: an update that reached compressed chunks would unpack them.
 */
export async function cancelPackExecutions(db: Database, packRef: string, result: object): Promise<PackCancellation> {
  const rows = await run<{ id: number; worker: number | null; isEnded: boolean }>(
    db,
    sql`
    update execution as e
    set
      status = case when e.status = 'running' then 'canceling' else 'cancelled' end::execution_status,
      result = case when e.status = 'running' then e.result else ${JSON.stringify(result)}::jsonb end
    where e.status = any(${executionPredecessors('cancelled', 'api')}::execution_status[])
      and starts_with(e.action_ref, ${`${packRef}.`})
      and ${createdWhileLive(sql`e.created`)}
    returning e.id, e.worker, e.status = 'cancelled' as "isEnded"`,
  );
  return {
    ended: rows.filter(({ isEnded }) => isEnded).map(({ id }) => id),
    workers: rows.flatMap(({ isEnded, worker }) => (isEnded || worker === null ? [] : [worker])),
  };
}
