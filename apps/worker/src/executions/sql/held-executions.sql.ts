import { createdAmong, type Database, run, sql } from '@attune/common';

/**
 * Those of the executions that a worker has begun and not ended. Locks them: a transaction that is just ending, and whose
 * outcome is the question, is waited for.
 */
export async function listHeld(db: Database, ids: readonly number[], worker: number): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    select e.id
    from execution as e
    where
      e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
      and e.status in ('running', 'canceling') and e.worker = ${worker}
    order by e.id
    for share of e`,
  );
  return rows.map(({ id }) => id);
}
