import { type Database, type ExecutionEntity, sql } from '@attune/common';
import { packOf } from '@attune/engine';
import { type Caller } from '../access/caller.js';
import { type FactColumns } from '../access/condition.js';
import { grantsFor, type Target } from '../access/grants.js';
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

/** The same for the hourly sums of executions, which know the action and nothing else. */
export const SUM_COLUMNS: FactColumns = {
  ref: sql`a.action_ref`,
  packRef: sql`split_part(a.action_ref, '.', 1)`,
};

/** Whether everything the grants of a caller ask about executions is known of their hourly sums as well. */
export function asksForRefsOnly({ facts }: Caller): boolean {
  return grantsFor(facts.grants, 'executions:read').every(({ constraints }) =>
    Object.entries(constraints ?? {}).every(
      ([name, constraint]) => constraint === undefined || constraint === null || KNOWN_OF_SUMS.has(name),
    ),
  );
}

/** `attributes` is about the caller. */
const KNOWN_OF_SUMS: ReadonlySet<string> = new Set(['refs', 'pack_refs', 'attributes']);
