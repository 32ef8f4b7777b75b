import { createdWhileLive, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/**
 * Executions that have been `canceling` for longer than their worker may take to answer, oldest first, at most `limit`;
 * locked, without those that somebody else is changing.
 */
export async function listUnansweredCancellations(
  db: EntityManager,
  timeoutSeconds: number,
  limit: number,
): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    select e.id
    from execution as e
    where
      e.status = 'canceling' and ${createdWhileLive(sql`e.created`)}
      and e.updated < now() - ${timeoutSeconds} * interval '1 second'
    order by e.created, e.id
    limit ${limit}
    for update of e skip locked`,
  );
  return rows.map(({ id }) => id);
}
