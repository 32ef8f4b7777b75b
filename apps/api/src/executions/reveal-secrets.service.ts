import {
  type AuditEventType,
  DomainError,
  type EnforcementEntity,
  type ExecutionEntity,
  ExecutionSecretValueEntity,
  SecretBox,
  type SecretEntityType,
} from '@attune/common';
import { type Json, type JsonObject, restoreSecrets, type SecretValue, withRawNumbers } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { allows, type Permission, type Target } from '../access/grants.js';
import { AuditTrail } from '../audit/audit-trail.service.js';

/** Puts secret values back where they were taken out, for callers with the right, and never untold. */
@Injectable()
export class RevealSecretsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** Fills in the parameters and the result as they are. @throws DomainError 403 */
  async ofExecution(caller: Caller, execution: ExecutionEntity, target: Target): Promise<ExecutionEntity> {
    requireDecrypt(caller, 'executions:decrypt', target);
    const ofConfig = await this.open('execution_config', execution.id);
    const ofResult = await this.open('execution_result', execution.id);
    const resource = { type: 'execution', id: execution.id, ref: execution.action_ref };
    await this.tell(caller, 'secret.execution_values.decrypted', resource, [...ofConfig, ...ofResult]);
    return Object.assign(execution, {
      config: restore(execution.config, ofConfig),
      result: withRawNumbers(restoreSecrets(execution.result, ofResult)),
    });
  }

  /** Fills in the parameters as they are. @throws DomainError 403 */
  async ofEnforcement(caller: Caller, enforcement: EnforcementEntity, target: Target): Promise<EnforcementEntity> {
    requireDecrypt(caller, 'enforcements:decrypt', target);
    const secrets = await this.open('enforcement_config', enforcement.id);
    const resource = { type: 'enforcement', id: enforcement.id, ref: enforcement.rule_ref };
    await this.tell(caller, 'secret.enforcement_values.decrypted', resource, secrets);
    return Object.assign(enforcement, { config: restore(enforcement.config, secrets) });
  }

  private async open(entityType: SecretEntityType, entityId: number): Promise<SecretValue[]> {
    const stored = await this.dataSource
      .getRepository(ExecutionSecretValueEntity)
      .find({ where: { entity_type: entityType, entity_id: entityId }, order: { json_path: 'ASC' } });
    return stored.map(({ json_path: pointer, encrypted_value: sealed }) => ({
      pointer,
      value: this.box.open(sealed) as Json, // what was sealed was JSON
    }));
  }

  /** Before the values leave: what cannot be told is not shown. */
  private tell(
    caller: Caller,
    type: AuditEventType,
    resource: { type: string; id: number; ref: string },
    secrets: readonly SecretValue[],
  ): Promise<void> {
    const details = { pointers: secrets.map(({ pointer }) => pointer) };
    return this.audit.recordNow(caller, { type, resource, details });
  }
}

/** The same parameters, secrets included; whole numbers of any size survive. */
const restore = (config: JsonObject | null, secrets: readonly SecretValue[]): JsonObject | null =>
  withRawNumbers(restoreSecrets(config, secrets)) as JsonObject | null; // only something inside was replaced

function requireDecrypt({ facts }: Caller, permission: Permission, target: Target): void {
  if (allows(facts.grants, permission, target, facts)) return;
  throw new DomainError('permission.forbidden', `Showing secret values needs the permission ${permission}`);
}
