import { operations, type Page, type RuleResponse, type RuleSummary, type SuccessResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { ReadRulesService } from './read-rules.service.js';
import { showRule, showRuleSummary } from './show-rule.js';
import { WriteRulesService } from './write-rules.service.js';

@Controller()
export class RuleController {
  constructor(
    @Inject(ReadRulesService) private readonly reads: ReadRulesService,
    @Inject(WriteRulesService) private readonly writes: WriteRulesService,
  ) {}

  @Operation(operations.listRules)
  async list({ caller, query }: InputOf<typeof operations.listRules>): Promise<Page<RuleSummary>> {
    return countedPage(query, await this.reads.list(caller, {}, pageRequest(query)), showRuleSummary);
  }

  @Operation(operations.listEnabledRules)
  async listEnabled({ caller, query }: InputOf<typeof operations.listEnabledRules>): Promise<Page<RuleSummary>> {
    return countedPage(query, await this.reads.list(caller, { enabled: true }, pageRequest(query)), showRuleSummary);
  }

  @Operation(operations.listPackRules)
  async listOfPack({ caller, params, query }: InputOf<typeof operations.listPackRules>): Promise<Page<RuleSummary>> {
    const page = await this.reads.listOfPack(caller, params.pack_ref, pageRequest(query));
    return countedPage(query, page, showRuleSummary);
  }

  @Operation(operations.listActionRules)
  async listOfAction({
    caller,
    params,
    query,
  }: InputOf<typeof operations.listActionRules>): Promise<Page<RuleSummary>> {
    const page = await this.reads.listOfAction(caller, params.action_ref, pageRequest(query));
    return countedPage(query, page, showRuleSummary);
  }

  @Operation(operations.listTriggerRules)
  async listOfTrigger(input: InputOf<typeof operations.listTriggerRules>): Promise<Page<RuleSummary>> {
    const { caller, params, query } = input;
    const page = await this.reads.listOfTrigger(caller, params.trigger_ref, pageRequest(query));
    return countedPage(query, page, showRuleSummary);
  }

  @Operation(operations.getRule)
  async get({ caller, params }: InputOf<typeof operations.getRule>): Promise<RuleResponse> {
    return showRule(await this.reads.get(caller, params.ref));
  }

  @Operation(operations.createRule)
  async create({ caller, body }: InputOf<typeof operations.createRule>): Promise<RuleResponse> {
    return showRule(await this.writes.create(caller, body));
  }

  @Operation(operations.updateRule)
  async update({ caller, params, body }: InputOf<typeof operations.updateRule>): Promise<RuleResponse> {
    return showRule(await this.writes.update(caller, params.ref, body));
  }

  @Operation(operations.enableRule)
  async enable({ caller, params }: InputOf<typeof operations.enableRule>): Promise<RuleResponse> {
    return showRule(await this.writes.setEnabled(caller, params.ref, true));
  }

  @Operation(operations.disableRule)
  async disable({ caller, params }: InputOf<typeof operations.disableRule>): Promise<RuleResponse> {
    return showRule(await this.writes.setEnabled(caller, params.ref, false));
  }

  @Operation(operations.deleteRule)
  async delete({ caller, params }: InputOf<typeof operations.deleteRule>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.ref);
    return { success: true, message: `Rule ${params.ref} deleted` };
  }
}
