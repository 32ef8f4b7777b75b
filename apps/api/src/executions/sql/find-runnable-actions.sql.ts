import { type ActionEntity, type Database, run, sql } from '@attune/common';

/** What somebody who runs an action has to know of it. */
export type RunnableAction = Pick<
  ActionEntity,
  | 'id'
  | 'ref'
  | 'pack_ref'
  | 'param_schema'
  | 'workflow_def'
  | 'default_execution_permission_set_refs'
  | 'artifact_retention_policy'
  | 'artifact_retention_limit'
>;

/** The actions with these refs, in the order of the refs; null where there is none. */
export async function findRunnableActions(db: Database, refs: readonly string[]): Promise<(RunnableAction | null)[]> {
  const rows = await run<RunnableAction>(
    db,
    sql`
    select a.id, a.ref, a.pack_ref, a.param_schema, a.workflow_def, a.default_execution_permission_set_refs,
      a.artifact_retention_policy, a.artifact_retention_limit
    from action as a
    where a.ref = any(${[...new Set(refs)]}::text[])`.prepared(),
  );
  const found = new Map(rows.map((action) => [action.ref, action]));
  return refs.map((ref) => found.get(ref) ?? null);
}
