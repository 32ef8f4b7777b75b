import { DomainError, findAction, findWorkflow } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type PackKey } from '../load/written.js';
import { upsertWorkflowAction } from './sql/upsert-workflow-action.sql.js';
import { upsertWorkflow, type WorkflowRow } from './sql/upsert-workflow.sql.js';

export interface StoredWorkflow {
  readonly id: number;
  /** It was not there before. */
  readonly created: boolean;
}

/**
 * Writes a workflow that was checked, and its action, which has the same ref. Nothing is touched that is right already. The caller
 * holds a transaction: half of it would be a workflow nobody can run.
 *
 * @throws DomainError 409 when the ref belongs to another pack, or to an action that is no workflow
 */
export async function storeWorkflow(db: EntityManager, pack: PackKey, row: WorkflowRow): Promise<StoredWorkflow> {
  const stored = await findWorkflow(db, row.ref);
  if (stored !== null && stored.pack !== pack.id) {
    throw new DomainError('workflow.conflict', `The workflow ${row.ref} belongs to the pack ${stored.pack_ref}`);
  }
  const action = await findAction(db, row.ref);
  const isItsOwn = action === null || (stored !== null && action.workflow_def === stored.id);
  // A file may turn an action of its pack into a workflow; anybody else would take over something that means another thing.
  if (!isItsOwn && (row.action === null || action.pack !== pack.id || action.is_adhoc)) {
    throw new DomainError('workflow.conflict', `The action ${row.ref} already exists and is another one`);
  }
  const id = (await upsertWorkflow(db, pack, row)) ?? stored?.id;
  if (id === undefined) throw new Error(`workflow ${row.ref} was not written`);
  await upsertWorkflowAction(db, pack, { ...row, workflowId: id });
  return { id, created: stored === null };
}
