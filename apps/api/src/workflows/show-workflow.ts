import { sql, type WorkflowDefinitionEntity, type WorkflowSummaryRow } from '@attune/common';
import { type WorkflowResponse, type WorkflowSummary } from '@attune/contract';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso } from '../domain/wire.js';

export const showWorkflowSummary = (workflow: WorkflowSummaryRow): WorkflowSummary => ({
  id: workflow.id,
  ref: workflow.ref,
  pack_ref: workflow.pack_ref,
  label: workflow.label,
  description: workflow.description,
  version: workflow.version,
  tags: workflow.tags,
  created: iso(workflow.created),
  updated: iso(workflow.updated),
});

export const showWorkflow = (workflow: WorkflowDefinitionEntity): WorkflowResponse => ({
  ...showWorkflowSummary(workflow),
  pack: workflow.pack,
  param_schema: workflow.param_schema,
  out_schema: workflow.out_schema,
  definition: workflow.definition,
});

/** A workflow as grants see it: like its action, of which it is the body. */
export const workflowTarget = ({
  ref,
  pack_ref: packRef,
}: Pick<WorkflowDefinitionEntity, 'ref' | 'pack_ref'>): Target => ({
  ref,
  packRef,
});

/** The same for the rows of `listWorkflows`. */
export const WORKFLOW_COLUMNS: FactColumns = { ref: sql`w.ref`, packRef: sql`w.pack_ref` };
