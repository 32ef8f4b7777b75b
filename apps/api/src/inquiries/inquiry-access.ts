import { type Database, findExecution, type InquiryEntity, sql } from '@attune/common';
import { type Caller } from '../access/caller.js';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { without } from '../domain/changes.js';
import { executionTarget } from '../executions/execution-access.js';

/**
 * An inquiry as grants see it: like the execution that asks, for which the grants about executions and actions are meant as well.
 * It has no id of its own for them. Of an execution that is gone nothing is known, so only grants without constraints hold.
 */
export async function findInquiryTarget(
  db: Database,
  { execution: id }: Pick<InquiryEntity, 'execution'>,
): Promise<Target> {
  const execution = await findExecution(db, id);
  if (execution === null) return {};
  return without(executionTarget(execution), 'id');
}

const asking = sql`from execution as e where e.id = i.execution and e.created = time_id_created(i.execution)`;

/** The same for the rows of `listInquiries`. */
export const INQUIRY_COLUMNS: FactColumns = {
  ref: sql`(select e.action_ref ${asking})`,
  packRef: sql`(select split_part(e.action_ref, '.', 1) ${asking})`,
  executor: sql`(select e.executor ${asking})`,
  ancestorExecutors: sql`(select e.ancestor_executors ${asking})`,
};

/**
 * Whether the question is put to the caller, who then needs no grant to see and to answer it. Only people have questions put
 * to them: an execution has the rights its token names, not those of the identity it runs as.
 */
export const isAskedOf = (
  { facts, identityId }: Caller,
  { assigned_to: assignedTo }: Pick<InquiryEntity, 'assigned_to'>,
): boolean => facts.tokenType === 'access' && assignedTo === identityId;
