import {
  type ActionResponse,
  type ActionSearchHit,
  type ActionSummary,
  operations,
  type Page,
  type QueueStatsResponse,
  type SuccessResponse,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { ReadActionsService } from './read-actions.service.js';
import { showAction, showActionHit, showActionSummary } from './show-action.js';
import { showQueueStats } from './show-queue-stats.js';
import { WriteActionsService } from './write-actions.service.js';

@Controller()
export class ActionController {
  constructor(
    @Inject(ReadActionsService) private readonly reads: ReadActionsService,
    @Inject(WriteActionsService) private readonly writes: WriteActionsService,
  ) {}

  @Operation(operations.listActions)
  async list({ caller, query }: InputOf<typeof operations.listActions>): Promise<Page<ActionSummary>> {
    const request = pageRequest(query);
    const page = query.executable_with_current_access
      ? await this.reads.listExecutable(caller, request)
      : await this.reads.list(caller, {}, request);
    return countedPage(query, page, showActionSummary);
  }

  @Operation(operations.searchActions)
  async search({ caller, query }: InputOf<typeof operations.searchActions>): Promise<Page<ActionSearchHit>> {
    return countedPage(query, await this.reads.search(caller, query, pageRequest(query)), showActionHit);
  }

  @Operation(operations.listPackActions)
  async listOfPack(input: InputOf<typeof operations.listPackActions>): Promise<Page<ActionSummary>> {
    const { caller, params, query } = input;
    const page = await this.reads.listOfPack(caller, params.pack_ref, pageRequest(query));
    return countedPage(query, page, showActionSummary);
  }

  @Operation(operations.getAction)
  async get({ caller, params }: InputOf<typeof operations.getAction>): Promise<ActionResponse> {
    return showAction(await this.reads.get(caller, params.ref));
  }

  @Operation(operations.getQueueStats)
  async queueStats({ params }: InputOf<typeof operations.getQueueStats>): Promise<QueueStatsResponse> {
    return showQueueStats(await this.reads.queueStats(params.ref));
  }

  @Operation(operations.createAction)
  async create({ caller, body }: InputOf<typeof operations.createAction>): Promise<ActionResponse> {
    return showAction(await this.writes.create(caller, body));
  }

  @Operation(operations.updateAction)
  async update({ caller, params, body }: InputOf<typeof operations.updateAction>): Promise<ActionResponse> {
    return showAction(await this.writes.update(caller, params.ref, body));
  }

  @Operation(operations.deleteAction)
  async delete({ caller, params }: InputOf<typeof operations.deleteAction>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.ref);
    return { success: true, message: `Action ${params.ref} deleted` };
  }
}
