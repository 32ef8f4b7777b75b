import {
  type IndexedPackResponse,
  operations,
  type PackRegistryIndexResponse,
  type SuccessResponse,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { PackIndicesService } from './pack-indices.service.js';
import { showIndexedPack, showPackIndex } from './show-pack-index.js';

@Controller()
export class PackIndexController {
  constructor(@Inject(PackIndicesService) private readonly indices: PackIndicesService) {}

  @Operation(operations.listPackIndices)
  async list({ caller }: InputOf<typeof operations.listPackIndices>): Promise<PackRegistryIndexResponse[]> {
    return (await this.indices.list(caller)).map(showPackIndex);
  }

  @Operation(operations.createPackIndex)
  async create({ caller, body }: InputOf<typeof operations.createPackIndex>): Promise<PackRegistryIndexResponse> {
    return showPackIndex(await this.indices.create(caller, body));
  }

  @Operation(operations.browsePackIndices)
  async browse({ caller, query }: InputOf<typeof operations.browsePackIndices>): Promise<IndexedPackResponse[]> {
    return (await this.indices.browse(caller, query)).map(showIndexedPack);
  }

  @Operation(operations.getIndexedPack)
  async get({ caller, params }: InputOf<typeof operations.getIndexedPack>): Promise<IndexedPackResponse> {
    return showIndexedPack(await this.indices.find(caller, params.ref));
  }

  @Operation(operations.updatePackIndex)
  async update(input: InputOf<typeof operations.updatePackIndex>): Promise<PackRegistryIndexResponse> {
    const { caller, params, body } = input;
    return showPackIndex(await this.indices.update(caller, params.id, body));
  }

  @Operation(operations.deletePackIndex)
  async delete({ caller, params }: InputOf<typeof operations.deletePackIndex>): Promise<SuccessResponse> {
    await this.indices.delete(caller, params.id);
    return { success: true, message: `Pack index ${params.id} deleted` };
  }
}
