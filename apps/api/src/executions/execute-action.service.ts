import {
  type ActionEntity,
  type ExecutionEntity,
  ExecutionSecretValueEntity,
  findAction,
  findExecution,
  insertExecutions,
  leaveAuditToCaller,
  type NewExecution,
  publish,
  SecretBox,
} from '@attune/common';
import { type CreateExecutionRequest, operations } from '@attune/contract';
import { type JsonObject, redactSecrets, type SecretValue, withRawNumbers } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { DelegationService } from '../access/delegation.service.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { actionTarget } from '../actions/show-action.js';
import { found } from '../domain/found.js';
import { objectOrNull } from '../domain/wire.js';
import { executionRequested } from './execution-audit.js';
import { readEnvironment, readPlacement } from './execution-options.js';

/** How many versions of an artifact are kept when neither the request nor the action says. */
const DEFAULT_RETENTION = { policy: 'versions', limit: 5 } as const;

/** Runs an action because somebody asked for it. The parameters are checked when it is scheduled. */
@Injectable()
export class ExecuteActionService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(DelegationService) private readonly delegations: DelegationService,
    @Inject(SecretBox) private readonly secrets: SecretBox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async execute(caller: Caller, body: CreateExecutionRequest): Promise<ExecutionEntity> {
    const action = found('action', body.action_ref, await findAction(this.dataSource, body.action_ref));
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
    return this.dataSource.transaction(async (db) => {
      await leaveAuditToCaller(db);
      const [id = 0] = await insertExecutions(db, [execution]);
      await this.storeSecrets(db, id, secrets);
      await publish(db, [{ topic: 'execution.requested', payload: { execution_id: id } }]);
      const stored = found('execution', id, await findExecution(db, id));
      await this.audit.record(db, caller, executionRequested(stored));
      return stored;
    });
  }

  /** What an execution starts belongs to it and runs as the same identity. */
  private async originOf({ facts }: Caller): Promise<Pick<NewExecution, 'parent' | 'executor'>> {
    if (facts.executionId === null) return { parent: null, executor: facts.identityId };
    const parent = await findExecution(this.dataSource, facts.executionId);
    return { parent: facts.executionId, executor: parent?.executor ?? facts.identityId };
  }

  private async storeSecrets(db: EntityManager, execution: number, secrets: readonly SecretValue[]): Promise<void> {
    if (secrets.length === 0) return;
    await db.getRepository(ExecutionSecretValueEntity).insert(
      secrets.map(({ pointer, value }) => ({
        entity_type: 'execution_config' as const,
        entity_id: execution,
        json_path: pointer,
        encrypted_value: this.secrets.seal(withRawNumbers(value)),
        encryption_key_hash: this.secrets.keyHash,
      })),
    );
  }
}

function retentionOf(body: CreateExecutionRequest, action: ActionEntity) {
  return {
    artifact_retention_policy:
      body.artifact_retention_policy ?? action.artifact_retention_policy ?? DEFAULT_RETENTION.policy,
    artifact_retention_limit:
      body.artifact_retention_limit ?? action.artifact_retention_limit ?? DEFAULT_RETENTION.limit,
  };
}
