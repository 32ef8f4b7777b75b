import { type Database, type ExecutionEntity, sql } from '@attune/common';
import { packOf } from '@attune/engine';
import { type Caller } from '../access/caller.js';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { ancestorExecutors, listAncestorExecutors } from './sql/ancestor-executors.sql.js';

/**
 * An execution as grants see it: under the ref of its action. What stands above it is looked up only for callers with a grant
 * about what their executions started.
 */
export async function findExecutionTarget(
  db: Database,
  { facts, identityId }: Caller,
  { id, action_ref: ref, executor, parent }: Pick<ExecutionEntity, 'id' | 'action_ref' | 'executor' | 'parent'>,
): Promise<Target> {
  const target = { id, ref, packRef: packOf(ref), executor };
  const asksAbove = facts.grants.some(({ constraints }) => constraints?.execution_scope === 'descendants');
  if (!asksAbove || parent === null || executor === identityId) return target;
  return { ...target, ancestorExecutors: await listAncestorExecutors(db, parent) };
}

/** The same for the rows of `listExecutions`. */
export const EXECUTION_COLUMNS: FactColumns = {
  id: sql`e.id`,
  ref: sql`e.action_ref`,
  packRef: sql`split_part(e.action_ref, '.', 1)`,
  executor: sql`e.executor`,
  ancestorExecutors: ancestorExecutors(sql`e.parent`),
};
