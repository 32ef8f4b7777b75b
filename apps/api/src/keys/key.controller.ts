import { type KeyResponse, type KeySummary, operations, type Page, type SuccessResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest, WithMessage } from '../http/reply.js';
import { ReadKeysService } from './read-keys.service.js';
import { showKey, showKeySummary } from './show-key.js';
import { WriteKeysService } from './write-keys.service.js';

@Controller()
export class KeyController {
  constructor(
    @Inject(ReadKeysService) private readonly reads: ReadKeysService,
    @Inject(WriteKeysService) private readonly writes: WriteKeysService,
  ) {}

  @Operation(operations.listKeys)
  async list({ caller, query }: InputOf<typeof operations.listKeys>): Promise<Page<KeySummary>> {
    const { owner_type, owner } = query;
    const page = await this.reads.list(caller, { owner_type, owner }, pageRequest(query));
    return countedPage(query, page, showKeySummary);
  }

  @Operation(operations.getKey)
  async get({ caller, params }: InputOf<typeof operations.getKey>): Promise<KeyResponse> {
    return showKey(await this.reads.get(caller, params.ref));
  }

  @Operation(operations.createKey)
  async create({ caller, body }: InputOf<typeof operations.createKey>): Promise<WithMessage<KeyResponse>> {
    return new WithMessage(showKey(await this.writes.create(caller, body)), `Key ${body.ref} created`);
  }

  @Operation(operations.updateKey)
  async update({ caller, params, body }: InputOf<typeof operations.updateKey>): Promise<WithMessage<KeyResponse>> {
    return new WithMessage(showKey(await this.writes.update(caller, params.ref, body)), `Key ${params.ref} updated`);
  }

  @Operation(operations.deleteKey)
  async delete({ caller, params }: InputOf<typeof operations.deleteKey>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.ref);
    return { success: true, message: `Key ${params.ref} deleted` };
  }
}
