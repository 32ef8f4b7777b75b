import { type Database, run, type Sql, sql } from '@attune/common';

/**
 * As an array: the identities an execution and everything above it run as. Each step is a point read by id and time. What retention
 * has removed ends the way up; `union` ends it also in a circle, which nothing makes.
 */
export const ancestorExecutors = (execution: Sql): Sql => sql`
  array(
    with recursive above as (
      select first.parent, first.executor
      from execution as first
      where first.id = ${execution} and first.created = time_id_created(${execution})
      union
      select next.parent, next.executor
      from above
      join execution as next on next.id = above.parent and next.created = time_id_created(above.parent)
    )
    select above.executor from above
  )`;

/** The identities an execution and everything above it run as. */
export async function listAncestorExecutors(db: Database, execution: number): Promise<(number | null)[]> {
  const rows = await run<{ executor: number | null }>(
    db,
    sql`select found.executor from unnest(${ancestorExecutors(sql`${execution}::bigint`)}) as found (executor)`,
  );
  return rows.map(({ executor }) => executor);
}
