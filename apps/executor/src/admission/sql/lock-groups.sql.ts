import { run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/**
 * Locks groups, always in the order of their ids, and gives those that exist. A statement of its own: what the next one counts is then
 * seen after everybody who held them has committed.
 */
export async function lockGroups(db: EntityManager, ids: readonly number[]): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    select s.id
    from execution_admission_state as s
    where s.id = any(${ids}::bigint[])
    order by s.id
    for update`.prepared(),
  );
  return rows.map(({ id }) => id);
}
