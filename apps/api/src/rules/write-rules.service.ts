import {
  DomainError,
  execute,
  findAction,
  findPack,
  findRule,
  findTrigger,
  keepSealed,
  LOGGER,
  type Logger,
  openValues,
  publish,
  RuleEntity,
  SecretBox,
  sealedPointers,
  sql,
} from '@attune/common';
import { type CreateRuleRequest, operations, type UpdateRuleRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { DelegationService } from '../access/delegation.service.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { definitionChanged, definitionUpdated } from '../audit/definition-audit.js';
import { changedFields, givenFields } from '../domain/changes.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { requireRef } from '../domain/refs.js';
import { requireObject } from '../domain/wire.js';
import { requireActionParameters, requireTriggerParameters, requireUsableConditions } from './check-rule.js';
import { ruleChanged, ruleCreated, ruleDeleted } from './rule-messages.js';
import { sealRuleParameters } from './seal-rule-parameters.js';
import { ruleTarget } from './show-rule.js';

/** Fields of a rule that decide what runs, with what, and when. */
const DECISIVE = [
  'action_ref',
  'action_params',
  'trigger_ref',
  'trigger_params',
  'conditions',
  'permission_set_refs',
] as const satisfies readonly (keyof RuleEntity)[];

/** Creates, changes and deletes rules. Every change and what announces it are one transaction. */
@Injectable()
export class WriteRulesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(DelegationService) private readonly delegations: DelegationService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SecretBox) private readonly box: SecretBox,
  ) {}

  async create(caller: Caller, body: CreateRuleRequest): Promise<RuleEntity> {
    const pack = found('pack', body.pack_ref, await findPack(this.dataSource, body.pack_ref));
    const trigger = found('trigger', body.trigger_ref, await findTrigger(this.dataSource, body.trigger_ref));
    const action = found('action', body.action_ref, await findAction(this.dataSource, body.action_ref));
    this.access.require(caller, operations.createRule, { ref: body.ref, packRef: pack.ref });
    requireRef('rule', body.ref);
    const conditions = requireUsableConditions(body.conditions);
    const actionParameters = keepSealed(requireObject('action_params', body.action_params), {});
    const triggerParameters = requireObject('trigger_params', body.trigger_params);
    requireTriggerParameters(trigger, triggerParameters);
    requireActionParameters(action, actionParameters);
    await this.delegations.require(caller, body.permission_set_refs ?? action.default_execution_permission_set_refs);
    return this.dataSource.transaction(async (db) => {
      if (await findRule(db, body.ref)) throw new DomainError('rule.conflict', `The rule ${body.ref} already exists`);
      const created: Partial<RuleEntity> = {
        ...body,
        conditions,
        description: body.description ?? null,
        pack: pack.id,
        action: action.id,
        trigger: trigger.id,
        action_params: sealRuleParameters(this.box, action.param_schema, actionParameters),
        trigger_params: triggerParameters,
        permission_set_refs: body.permission_set_refs ?? null,
        is_adhoc: true,
        owner_identity: caller.identityId,
      };
      await db.save(Object.assign(new RuleEntity(), created));
      const rule = found('rule', body.ref, await findRule(db, body.ref));
      await publish(db, ruleCreated(rule));
      await this.audit.record(db, caller, definitionChanged('rule', rule, 'created'));
      return rule;
    });
  }

  async update(caller: Caller, ref: string, body: UpdateRuleRequest): Promise<RuleEntity> {
    return this.dataSource.transaction(async (db) => {
      const rule = found('rule', ref, await findForUpdate(db, RuleEntity, ref));
      this.access.require(caller, operations.updateRule, ruleTarget(rule));
      const { conditions, action_params, trigger_params, ...plain } = body;
      const changes: Partial<RuleEntity> = {
        ...givenFields(plain),
        ...(conditions !== undefined && { conditions: requireUsableConditions(conditions) }),
        ...(action_params !== undefined && {
          action_params: keepSealed(requireObject('action_params', action_params), rule.action_params),
        }),
        ...(trigger_params !== undefined && { trigger_params: requireObject('trigger_params', trigger_params) }),
      };
      const before = Object.assign(new RuleEntity(), rule);
      Object.assign(rule, changes);
      await this.linkAndCheck(db, before, rule);
      await this.requireRights(db, caller, before, rule);
      await db.save(rule);
      await this.audit.record(db, caller, ...definitionUpdated('rule', rule, changedFields(before, changes)));
      await publish(db, ruleChanged(before, rule));
      return found('rule', ref, await findRule(db, ref));
    });
  }

  setEnabled(caller: Caller, ref: string, enabled: boolean): Promise<RuleEntity> {
    return this.dataSource.transaction(async (db) => {
      const rule = found('rule', ref, await findForUpdate(db, RuleEntity, ref));
      const operation = enabled ? operations.enableRule : operations.disableRule;
      this.access.require(caller, operation, ruleTarget(rule));
      if (rule.enabled === enabled) return rule;
      await execute(db, sql`update rule as r set enabled = ${enabled} where r.id = ${rule.id}`);
      await this.audit.record(db, caller, ...definitionUpdated('rule', rule, ['enabled']));
      await publish(db, ruleChanged(rule, Object.assign(new RuleEntity(), rule, { enabled })));
      return found('rule', ref, await findRule(db, ref));
    });
  }

  async delete(caller: Caller, ref: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const rule = found('rule', ref, await findForUpdate(db, RuleEntity, ref));
      this.access.require(caller, operations.deleteRule, ruleTarget(rule));
      await execute(db, sql`delete from rule as r where r.id = ${rule.id}`);
      await publish(db, ruleDeleted(rule));
      await this.audit.record(db, caller, definitionChanged('rule', rule, 'deleted'));
    });
    this.logger.info({ ruleRef: ref, identityId: caller.identityId }, 'rule deleted');
  }

  /** Whoever decides what a rule runs, or when, hands on what it runs with, also what somebody else once put there. */
  private async requireRights(db: EntityManager, caller: Caller, before: RuleEntity, after: RuleEntity): Promise<void> {
    const decisive = Object.fromEntries(DECISIVE.map((field) => [field, after[field]]));
    if (changedFields(before, decisive).length === 0) return;
    const refs =
      after.permission_set_refs ?? (await findAction(db, after.action_ref))?.default_execution_permission_set_refs;
    await this.delegations.require(caller, refs ?? [], db);
  }

  /** Parameters are checked again when they, or what they are for, change. Fills in the ids of a new trigger or action. */
  private async linkAndCheck(db: EntityManager, before: RuleEntity, after: RuleEntity): Promise<void> {
    if (after.trigger_ref !== before.trigger_ref || after.trigger_params !== before.trigger_params) {
      const trigger = found('trigger', after.trigger_ref, await findTrigger(db, after.trigger_ref));
      requireTriggerParameters(trigger, after.trigger_params);
      after.trigger = trigger.id;
    }
    if (after.action_ref !== before.action_ref) {
      const kept = sealedPointers(after.action_params);
      if (kept.length > 0) {
        throw new DomainError(
          'rule.invalid',
          `Another action gets no secrets of the old one: send ${kept.join(', ')} again`,
        );
      }
    }
    if (after.action_ref !== before.action_ref || after.action_params !== before.action_params) {
      const action = found('action', after.action_ref, await findAction(db, after.action_ref));
      requireActionParameters(action, openValues(this.box, after.action_params));
      after.action_params = sealRuleParameters(this.box, action.param_schema, after.action_params);
      after.action = action.id;
    }
  }
}
