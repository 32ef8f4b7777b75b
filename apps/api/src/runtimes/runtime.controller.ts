import { findPack, findRuntime, listRuntimes } from '@attune/common';
import {
  operations,
  type Page,
  type RuntimeResponse,
  type RuntimeSummary,
  type SuccessResponse,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { found } from '../domain/found.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { showRuntime, showRuntimeSummary } from './show-runtime.js';
import { WriteRuntimesService } from './write-runtimes.service.js';

/** Runtimes have no owner and no pack of their own to name in a grant: the permission was checked before. */
@Controller()
export class RuntimeController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(WriteRuntimesService) private readonly writes: WriteRuntimesService,
  ) {}

  @Operation(operations.listRuntimes)
  async list({ query }: InputOf<typeof operations.listRuntimes>): Promise<Page<RuntimeSummary>> {
    return countedPage(query, await listRuntimes(this.dataSource, {}, pageRequest(query)), showRuntimeSummary);
  }

  @Operation(operations.listPackRuntimes)
  async listOfPack({ params, query }: InputOf<typeof operations.listPackRuntimes>): Promise<Page<RuntimeSummary>> {
    const pack = found('pack', params.pack_ref, await findPack(this.dataSource, params.pack_ref));
    const page = await listRuntimes(this.dataSource, { pack_ref: pack.ref }, pageRequest(query));
    return countedPage(query, page, showRuntimeSummary);
  }

  @Operation(operations.getRuntime)
  async get({ params }: InputOf<typeof operations.getRuntime>): Promise<RuntimeResponse> {
    return showRuntime(found('runtime', params.ref, await findRuntime(this.dataSource, params.ref)));
  }

  @Operation(operations.createRuntime)
  async create({ caller, body }: InputOf<typeof operations.createRuntime>): Promise<RuntimeResponse> {
    return showRuntime(await this.writes.create(caller, body));
  }

  @Operation(operations.updateRuntime)
  async update({ caller, params, body }: InputOf<typeof operations.updateRuntime>): Promise<RuntimeResponse> {
    return showRuntime(await this.writes.update(caller, params.ref, body));
  }

  @Operation(operations.deleteRuntime)
  async delete({ caller, params }: InputOf<typeof operations.deleteRuntime>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.ref);
    return { success: true, message: `Runtime ${params.ref} deleted` };
  }
}
