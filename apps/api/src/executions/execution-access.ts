import { type ExecutionEntity, sql } from '@attune/common';
import { packOf } from '@attune/engine';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';

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
