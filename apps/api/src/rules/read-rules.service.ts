import {
  type CountedPage,
  findAction,
  findPack,
  findRule,
  findTrigger,
  listRules,
  type PageRequest,
  type RuleEntity,
  type RuleFilter,
} from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { RULE_COLUMNS, ruleTarget } from './show-rule.js';

/** Shows rules. */
@Injectable()
export class ReadRulesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async list(caller: Caller, filter: RuleFilter, page: PageRequest): Promise<CountedPage<RuleEntity>> {
    const visible = this.access.visible(caller, operations.listRules, RULE_COLUMNS);
    return listRules(this.dataSource, { ...filter, visible }, page);
  }

  async listOfPack(caller: Caller, packRef: string, page: PageRequest): Promise<CountedPage<RuleEntity>> {
    found('pack', packRef, await findPack(this.dataSource, packRef));
    return this.list(caller, { pack_ref: packRef }, page);
  }

  async listOfAction(caller: Caller, actionRef: string, page: PageRequest): Promise<CountedPage<RuleEntity>> {
    found('action', actionRef, await findAction(this.dataSource, actionRef));
    return this.list(caller, { action_ref: actionRef }, page);
  }

  /** A sensor may see the rules of the triggers its token is for: it has to know what to watch. */
  async listOfTrigger(caller: Caller, triggerRef: string, page: PageRequest): Promise<CountedPage<RuleEntity>> {
    found('trigger', triggerRef, await findTrigger(this.dataSource, triggerRef));
    const filter = { trigger_ref: triggerRef };
    if (!caller.facts.triggerRefs.includes(triggerRef)) return this.list(caller, filter, page);
    caller.isChecked = true;
    return listRules(this.dataSource, filter, page);
  }

  async get(caller: Caller, ref: string): Promise<RuleEntity> {
    const rule = found('rule', ref, await findRule(this.dataSource, ref));
    this.access.require(caller, operations.getRule, ruleTarget(rule));
    return rule;
  }
}
