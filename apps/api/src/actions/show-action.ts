import { type ActionEntity, sql } from '@attune/common';
import {
  type ActionResponse,
  type ActionSearchHit,
  type ActionSummary,
  WorkerAffinity,
  WorkerToleration,
} from '@attune/contract';
import { z } from 'zod';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso, unlessEmpty, unlessNull } from '../domain/wire.js';

const tolerations = z.array(WorkerToleration);

export const showActionSummary = (action: ActionEntity): ActionSummary => ({
  id: action.id,
  ref: action.ref,
  pack_ref: action.pack_ref,
  label: action.label,
  description: action.description,
  entrypoint: action.entrypoint,
  runtime: action.runtime,
  runtime_ref: unlessNull(action.runtime_ref),
  runtime_version_constraint: unlessNull(action.runtime_version_constraint),
  required_worker_runtimes: unlessEmpty(action.required_worker_runtimes),
  worker_selector: unlessEmpty(action.worker_selector),
  // Checked when they were stored; read again to give them the contract's type.
  worker_tolerations: unlessEmpty(tolerations.parse(action.worker_tolerations)),
  worker_affinity: unlessEmpty(action.worker_affinity) && WorkerAffinity.parse(action.worker_affinity),
  workflow_def: unlessNull(action.workflow_def),
  accesses_mcp: action.accesses_mcp,
  default_execution_permission_set_refs: unlessEmpty(action.default_execution_permission_set_refs),
  artifact_retention_policy: unlessNull(action.artifact_retention_policy),
  artifact_retention_limit: unlessNull(action.artifact_retention_limit),
  log_retention_policy: unlessNull(action.log_retention_policy),
  log_retention_limit: unlessNull(action.log_retention_limit),
  created: iso(action.created),
  updated: iso(action.updated),
});

export const showAction = (action: ActionEntity): ActionResponse => ({
  ...showActionSummary(action),
  pack: action.pack,
  param_schema: action.param_schema,
  out_schema: action.out_schema,
  is_adhoc: action.is_adhoc,
});

export const showActionHit = (action: ActionEntity): ActionSearchHit => ({
  ref: action.ref,
  pack_ref: action.pack_ref,
  label: action.label,
  description: unlessNull(action.description),
  runtime_ref: unlessNull(action.runtime_ref),
  is_workflow: action.workflow_def !== null,
  accesses_mcp: action.accesses_mcp,
});

export const actionTarget = ({
  id,
  ref,
  pack_ref: packRef,
}: Pick<ActionEntity, 'id' | 'ref' | 'pack_ref'>): Target => ({
  id,
  ref,
  packRef,
});

/** The same for the rows of `listActions`. */
export const ACTION_COLUMNS: FactColumns = { id: sql`a.id`, ref: sql`a.ref`, packRef: sql`a.pack_ref` };
