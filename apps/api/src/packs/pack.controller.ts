import { operations, type PackResponse, type PackSummary, type Page, type SuccessResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { DeletePackService } from './delete-pack.service.js';
import { ReadPacksService } from './read-packs.service.js';
import { showPack, showPackSummary } from './show-pack.js';
import { WritePacksService } from './write-packs.service.js';

@Controller()
export class PackController {
  constructor(
    @Inject(ReadPacksService) private readonly reads: ReadPacksService,
    @Inject(WritePacksService) private readonly writes: WritePacksService,
    @Inject(DeletePackService) private readonly deletePack: DeletePackService,
  ) {}

  @Operation(operations.listPacks)
  async list({ caller, query }: InputOf<typeof operations.listPacks>): Promise<Page<PackSummary>> {
    return countedPage(query, await this.reads.list(caller, pageRequest(query)), showPackSummary);
  }

  @Operation(operations.getPack)
  async get({ caller, params }: InputOf<typeof operations.getPack>): Promise<PackResponse> {
    return showPack(await this.reads.get(caller, params.ref));
  }

  @Operation(operations.createPack)
  async create({ caller, body }: InputOf<typeof operations.createPack>): Promise<PackResponse> {
    return showPack(await this.writes.create(caller, body));
  }

  @Operation(operations.updatePack)
  async update({ caller, params, body }: InputOf<typeof operations.updatePack>): Promise<PackResponse> {
    return showPack(await this.writes.update(caller, params.ref, body));
  }

  @Operation(operations.deletePack)
  async delete({ caller, params }: InputOf<typeof operations.deletePack>): Promise<SuccessResponse> {
    await this.deletePack.delete(caller, params.ref);
    return { success: true, message: `Pack ${params.ref} deleted` };
  }
}
