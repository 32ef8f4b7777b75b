import { type Database, run, sql } from '@attune/common';

/** Higher than anything grows: workflows nest twenty deep. */
const MAX_DEPTH = 100;

/**
 * Whether an execution is another one or was started by it, at any depth. Each step is a point read by id and time; what
 * retention has removed ends the way up.
 */
export async function isAtOrBelow(db: Database, execution: number, ancestor: number): Promise<boolean> {
  const [{ found } = { found: false }] = await run<{ found: boolean }>(
    db,
    sql`
    with recursive above (id, depth) as (
      select ${execution}::bigint, 0
      union all
      select e.parent, above.depth + 1
      from above
      join execution as e on e.id = above.id and e.created = time_id_created(above.id)
      where e.parent is not null and above.depth < ${MAX_DEPTH}
    )
    select exists (select from above where above.id = ${ancestor}) as found`,
  );
  return found;
}
