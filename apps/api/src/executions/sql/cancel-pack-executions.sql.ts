import { type Database, run, sql } from '@attune/common';

/**
 * Cancels the executions of a pack's actions: those that run are asked to stop, the others end at once and their ids are
 * given. The widest range there is stands for `created`: live rows may be of any age, but they have an index of their own.
 */
export async function cancelPackExecutions(db: Database, packRef: string, result: object): Promise<number[]> {
  const rows = await run<{ id: number; isEnded: boolean }>(
    db,
    sql`
    update execution as e
    set
      status = case when e.status = 'running' then 'canceling' else 'cancelled' end::execution_status,
      result = case when e.status = 'running' then e.result else ${JSON.stringify(result)}::jsonb end
    where e.status in ('requested', 'scheduling', 'scheduled', 'running')
      and starts_with(e.action_ref, ${`${packRef}.`})
      and e.created between timestamptz '2025-01-01 00:00:00Z' and now() + interval '1 day'
    returning e.id, e.status = 'cancelled' as "isEnded"`,
  );
  return rows.filter(({ isEnded }) => isEnded).map(({ id }) => id);
}
