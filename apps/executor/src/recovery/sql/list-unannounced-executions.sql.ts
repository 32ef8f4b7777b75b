import { run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { isWithoutMessage } from './lost-executions.sql.js';

/** Ids of requested executions without a message in the outbox, oldest first. Their message may be at the broker, or in a consumer's hands. */
export async function listUnannouncedExecutions(
  db: EntityManager,
  olderThanSeconds: number,
  limit: number,
): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    select e.id
    from execution as e
    where ${isWithoutMessage(olderThanSeconds)}
    order by e.created, e.id
    limit ${limit}`,
  );
  return rows.map(({ id }) => id);
}
