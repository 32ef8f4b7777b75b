import {
  operations,
  type Page,
  type SuccessResponse,
  type TriggerResponse,
  type TriggerSummary,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { ReadTriggersService } from './read-triggers.service.js';
import { showTrigger, showTriggerSummary } from './show-trigger.js';
import { TriggerWebhooksService } from './trigger-webhooks.service.js';
import { WriteTriggersService } from './write-triggers.service.js';

@Controller()
export class TriggerController {
  constructor(
    @Inject(ReadTriggersService) private readonly reads: ReadTriggersService,
    @Inject(WriteTriggersService) private readonly writes: WriteTriggersService,
    @Inject(TriggerWebhooksService) private readonly webhooks: TriggerWebhooksService,
  ) {}

  @Operation(operations.listTriggers)
  async list({ caller, query }: InputOf<typeof operations.listTriggers>): Promise<Page<TriggerSummary>> {
    return countedPage(query, await this.reads.list(caller, {}, pageRequest(query)), showTriggerSummary);
  }

  @Operation(operations.listEnabledTriggers)
  async listEnabled({ caller, query }: InputOf<typeof operations.listEnabledTriggers>): Promise<Page<TriggerSummary>> {
    return countedPage(query, await this.reads.list(caller, { enabled: true }, pageRequest(query)), showTriggerSummary);
  }

  @Operation(operations.listPackTriggers)
  async listOfPack(input: InputOf<typeof operations.listPackTriggers>): Promise<Page<TriggerSummary>> {
    const { caller, params, query } = input;
    const page = await this.reads.listOfPack(caller, params.pack_ref, pageRequest(query));
    return countedPage(query, page, showTriggerSummary);
  }

  @Operation(operations.getTrigger)
  async get({ caller, params }: InputOf<typeof operations.getTrigger>): Promise<TriggerResponse> {
    return showTrigger(await this.reads.get(caller, params.ref));
  }

  @Operation(operations.createTrigger)
  async create({ caller, body }: InputOf<typeof operations.createTrigger>): Promise<TriggerResponse> {
    return showTrigger(await this.writes.create(caller, body));
  }

  @Operation(operations.updateTrigger)
  async update({ caller, params, body }: InputOf<typeof operations.updateTrigger>): Promise<TriggerResponse> {
    return showTrigger(await this.writes.update(caller, params.ref, body));
  }

  @Operation(operations.enableTrigger)
  async enable({ caller, params }: InputOf<typeof operations.enableTrigger>): Promise<TriggerResponse> {
    return showTrigger(await this.writes.setEnabled(caller, params.ref, true));
  }

  @Operation(operations.disableTrigger)
  async disable({ caller, params }: InputOf<typeof operations.disableTrigger>): Promise<TriggerResponse> {
    return showTrigger(await this.writes.setEnabled(caller, params.ref, false));
  }

  @Operation(operations.deleteTrigger)
  async delete({ caller, params }: InputOf<typeof operations.deleteTrigger>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.ref);
    return { success: true, message: `Trigger ${params.ref} deleted` };
  }

  @Operation(operations.enableTriggerWebhook)
  async enableWebhook({ caller, params }: InputOf<typeof operations.enableTriggerWebhook>): Promise<TriggerResponse> {
    return showTrigger(await this.webhooks.enable(caller, params.ref));
  }

  @Operation(operations.disableTriggerWebhook)
  async disableWebhook({ caller, params }: InputOf<typeof operations.disableTriggerWebhook>): Promise<TriggerResponse> {
    return showTrigger(await this.webhooks.disable(caller, params.ref));
  }

  @Operation(operations.regenerateTriggerWebhook)
  async regenerateWebhook(input: InputOf<typeof operations.regenerateTriggerWebhook>): Promise<TriggerResponse> {
    return showTrigger(await this.webhooks.regenerate(input.caller, input.params.ref));
  }
}
