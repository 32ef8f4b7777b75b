import { type ExecutionEntity, findExecution, type NewExecution } from '@attune/common';
import { type CreateExecutionRequest, operations } from '@attune/contract';
import { type JsonObject, redactSecrets, withRawNumbers } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { DelegationService } from '../access/delegation.service.js';
import { actionTarget } from '../actions/show-action.js';
import { found } from '../domain/found.js';
import { objectOrNull } from '../domain/wire.js';
import { readEnvironment, readPlacement } from './execution-options.js';
import { ExecutionStore } from './execution-store.service.js';
import { type RunnableAction } from './sql/find-runnable-actions.sql.js';

/** How many versions of an artifact are kept when neither the request nor the action says. */
const DEFAULT_RETENTION = { policy: 'versions', limit: 5 } as const;

/** Runs an action because somebody asked for it. The parameters are checked when it is scheduled. */
@Injectable()
export class ExecuteActionService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(DelegationService) private readonly delegations: DelegationService,
    @Inject(ExecutionStore) private readonly store: ExecutionStore,
  ) {}

  async execute(caller: Caller, body: CreateExecutionRequest): Promise<ExecutionEntity> {
    const action = found('action', body.action_ref, await this.store.findAction(body.action_ref));
    this.access.require(caller, operations.executeAction, actionTarget(action));
    const permissionSets = body.permission_set_refs ?? action.default_execution_permission_set_refs;
    await this.delegations.require(caller, permissionSets);
    const parameters = objectOrNull('parameters', body.parameters) ?? {};
    const { redacted, secrets } = redactSecrets(action.param_schema, parameters);
    const execution: NewExecution = {
      action: action.id,
      action_ref: action.ref,
      config: Object.keys(redacted).length === 0 ? null : (withRawNumbers(redacted) as JsonObject),
      env_vars: readEnvironment(body.env_vars),
      permission_set_refs: permissionSets,
      ...retentionOf(body, action),
      ...readPlacement(body),
      workflow_def: action.workflow_def,
      ...(await this.originOf(caller)),
    };
    return this.store.request({ execution, secrets, by: caller });
  }

  /** What an execution starts belongs to it and runs as the same identity. */
  private async originOf({ facts }: Caller): Promise<Pick<NewExecution, 'parent' | 'executor'>> {
    if (facts.executionId === null) return { parent: null, executor: facts.identityId };
    const parent = await findExecution(this.dataSource, facts.executionId);
    return { parent: facts.executionId, executor: parent?.executor ?? facts.identityId };
  }
}

function retentionOf(body: CreateExecutionRequest, action: RunnableAction) {
  return {
    artifact_retention_policy:
      body.artifact_retention_policy ?? action.artifact_retention_policy ?? DEFAULT_RETENTION.policy,
    artifact_retention_limit:
      body.artifact_retention_limit ?? action.artifact_retention_limit ?? DEFAULT_RETENTION.limit,
  };
}
