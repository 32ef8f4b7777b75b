import { createdWhileLive, type Database, run, sql } from '@attune/common';

/**
 * Cancels the executions of a pack's actions: those that run are asked to stop, the others end at once and their ids are
 * given. Looks back as far as live rows are looked for anywhere: an update that reached compressed chunks would unpack them.
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
      and ${createdWhileLive(sql`e.created`)}
    returning e.id, e.status = 'cancelled' as "isEnded"`,
  );
  return rows.filter(({ isEnded }) => isEnded).map(({ id }) => id);
}
