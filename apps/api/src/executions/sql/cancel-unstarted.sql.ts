import { type Database, run, sql } from '@attune/common';

/**
 * Ends the executions of a pack's actions that have not started yet and gives their ids. The widest range there is stands
 * for `created`: such rows may be of any age, but they are few and have an index of their own.
 */
export async function cancelUnstartedOfPack(db: Database, packRef: string, result: object): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    update execution as e
    set status = 'cancelled', result = ${JSON.stringify(result)}::jsonb
    where e.status in ('requested', 'scheduling', 'scheduled')
      and starts_with(e.action_ref, ${`${packRef}.`})
      and e.created between timestamptz '2025-01-01 00:00:00Z' and now() + interval '1 day'
    returning e.id`,
  );
  return rows.map((row) => row.id);
}
