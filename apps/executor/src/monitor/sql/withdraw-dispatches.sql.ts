import { run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/**
 * Takes executions out of the queues of their workers, and gives those that no worker can take any more: their row is
 * deleted, or there was none. One that a worker has in hand is left to it.
 */
export async function withdrawDispatches(db: EntityManager, executions: readonly number[]): Promise<number[]> {
  if (executions.length === 0) return [];
  const rows = await run<{ id: number }>(
    db,
    sql`
    with free as materialized (
      select d.execution
      from dispatch as d
      where d.execution = any(${executions}::bigint[])
      for update skip locked
    ), withdrawn as (
      delete from dispatch as d
      using free
      where d.execution = free.execution
      returning d.execution
    )
    select w.id
    from unnest(${executions}::bigint[]) as w (id)
    where
      w.id in (select d.execution from withdrawn as d)
      or not exists (select from dispatch as d where d.execution = w.id)`,
  );
  return rows.map(({ id }) => id);
}
