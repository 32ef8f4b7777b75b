import { type Database, run, sql } from '@attune/common';

/** Permission sets that code of an action runs with, by the action itself or by a rule that starts it. */
export async function listSetsOfAction(db: Database, actionId: number): Promise<string[]> {
  const rows = await run<{ ref: string }>(
    db,
    sql`
    select unnest(a.default_execution_permission_set_refs) as ref
    from action as a
    where a.id = ${actionId}
    union
    select unnest(r.permission_set_refs) as ref
    from rule as r
    where r.action = ${actionId}`,
  );
  return rows.map(({ ref }) => ref);
}

/** Permission sets that code of a pack runs with, and those its own rules hand to the code of others. */
export async function listSetsOfPack(db: Database, packId: number): Promise<string[]> {
  const rows = await run<{ ref: string }>(
    db,
    sql`
    select unnest(a.default_execution_permission_set_refs) as ref
    from action as a
    where a.pack = ${packId}
    union
    select unnest(r.permission_set_refs) as ref
    from rule as r
    left join action as a on a.id = r.action
    where r.pack = ${packId} or a.pack = ${packId}
    union
    select unnest(a.default_execution_permission_set_refs) as ref
    from rule as r
    join action as a on a.id = r.action
    where r.pack = ${packId} and r.permission_set_refs is null`,
  );
  return rows.map(({ ref }) => ref);
}
