import { type ExecutionEntity, sql } from '@attune/common';
import { packOf } from '@attune/engine';
import { type Caller } from '../access/caller.js';
import { type FactColumns } from '../access/condition.js';
import { grantsFor, type Target } from '../access/grants.js';

/** An execution as grants see it: under the ref of its action. */
export const executionTarget = ({
  id,
  action_ref: ref,
  executor,
  ancestor_executors: ancestorExecutors,
}: Pick<ExecutionEntity, 'id' | 'action_ref' | 'executor' | 'ancestor_executors'>): Target => ({
  id,
  ref,
  packRef: packOf(ref),
  executor,
  ancestorExecutors,
});

/** The same for the rows of `listExecutions`. */
export const EXECUTION_COLUMNS: FactColumns = {
  id: sql`e.id`,
  ref: sql`e.action_ref`,
  packRef: sql`split_part(e.action_ref, '.', 1)`,
  executor: sql`e.executor`,
  ancestorExecutors: sql`e.ancestor_executors`,
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
