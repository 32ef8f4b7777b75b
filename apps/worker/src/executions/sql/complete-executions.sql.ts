import { createdAmong, type Database, groupForUpdate, run, sql } from '@attune/common';
import { executionPredecessors } from '@attune/engine';

export interface Completion {
  readonly execution: number;
  /** Which worker the execution was placed on when it was claimed. */
  readonly worker: number;
  readonly status: 'completed' | 'failed' | 'cancelled' | 'abandoned';
  /** JSON text. */
  readonly result: string;
}

const FROM = executionPredecessors('completed', 'worker');

/**
 * Ends executions that are still running on their worker and gives the ids of those; one that was ended by somebody else keeps its
 * end, so this may be repeated. What was abandoned while it was being cancelled is cancelled.
 */
export async function completeExecutions(db: Database, completions: readonly Completion[]): Promise<number[]> {
  const ended: number[] = [];
  for (const group of groupForUpdate(completions, ({ execution }) => execution)) {
    ended.push(...(await completeGroup(db, group)));
  }
  return ended;
}

async function completeGroup(db: Database, completions: readonly Completion[]): Promise<number[]> {
  const ids = completions.map(({ execution }) => execution);
  const rows = await run<{ id: number }>(
    db,
    sql`
    update execution as e
    set
      status = case
        when e.status = 'canceling' and c.status = 'abandoned' then 'cancelled'
        else c.status::execution_status
      end,
      result = c.result::jsonb
    from unnest(
      ${ids}::bigint[],
      ${completions.map(({ worker }) => worker)}::bigint[],
      ${completions.map(({ status }) => status)}::text[],
      ${completions.map(({ result }) => result)}::text[]
    ) as c (execution, worker, status, result)
    where
      e.id = c.execution
      and e.created = time_id_created(c.execution)
      and ${createdAmong(sql`e.created`, ids)}
      and e.status = any(${FROM}::execution_status[])
      and e.worker = c.worker
    returning e.id`,
  );
  return rows.map(({ id }) => id);
}
