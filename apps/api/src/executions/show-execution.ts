import { type ExecutionEntity, type ExecutionSummaryRow } from '@attune/common';
import { type ExecutionResponse, type ExecutionSummary, WorkflowTaskMetadata } from '@attune/contract';
import { iso, unlessEmpty, unlessNull } from '../domain/wire.js';

export const showExecutionSummary = (execution: ExecutionSummaryRow): ExecutionSummary => ({
  id: execution.id,
  action_ref: execution.action_ref,
  status: execution.status,
  parent: execution.parent,
  enforcement: execution.enforcement,
  rule_ref: execution.rule_ref,
  trigger_ref: execution.trigger_ref,
  started_at: startOf(execution),
  workflow_task: taskOf(execution),
  original_execution: unlessNull(execution.original_execution),
  created: iso(execution.created),
  updated: iso(execution.updated),
});

export const showExecution = (execution: ExecutionEntity): ExecutionResponse => ({
  id: execution.id,
  action: execution.action,
  action_ref: execution.action_ref,
  config: execution.config,
  parent: execution.parent,
  enforcement: execution.enforcement,
  executor: execution.executor,
  permission_set_refs: unlessEmpty(execution.permission_set_refs),
  artifact_retention_policy: unlessNull(execution.artifact_retention_policy),
  artifact_retention_limit: unlessNull(execution.artifact_retention_limit),
  worker_selector: unlessNull(execution.worker_selector),
  worker_tolerations: unlessNull(execution.worker_tolerations),
  worker_affinity: unlessNull(execution.worker_affinity),
  worker: execution.worker,
  status: execution.status,
  result: execution.result,
  original_execution: unlessNull(execution.original_execution),
  started_at: startOf(execution),
  workflow_task: taskOf(execution),
  created: iso(execution.created),
  updated: iso(execution.updated),
});

const startOf = ({ started_at: startedAt }: Pick<ExecutionEntity, 'started_at'>): string | undefined =>
  startedAt === null ? undefined : iso(startedAt);

const taskOf = ({ workflow_task: task }: Pick<ExecutionEntity, 'workflow_task'>): WorkflowTaskMetadata | undefined =>
  task === null ? undefined : WorkflowTaskMetadata.parse(task);
