import { type Database, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { createdAmong } from './created-range.js';

/**
 * The identities that each of these executions and all above it run as, each once: what an execution below it has as
 * `ancestor_executors`. One that retention has removed is not in it.
 */
export async function listLineages(db: Database, ids: readonly number[]): Promise<ReadonlyMap<number, number[]>> {
  if (ids.length === 0) return new Map();
  const rows = await run<{ id: number; executors: number[] }>(
    db,
    sql`
    select
      e.id,
      array(
        select distinct a.executor
        from unnest(e.ancestor_executors || e.executor) as a (executor)
        where a.executor is not null
        order by a.executor
      ) as executors
    from execution as e
    where e.id = any(${[...new Set(ids)]}::bigint[]) and ${createdAmong(sql`e.created`, ids)}`,
  );
  return new Map(rows.map(({ id, executors }) => [id, executors]));
}
