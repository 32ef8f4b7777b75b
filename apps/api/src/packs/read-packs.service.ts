import { anyOf, type CountedPage, findPack, listPacks, type PackEntity, type PageRequest, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { PACK_COLUMNS, packTarget } from './show-pack.js';

/** Shows packs. Those the caller may not read are as good as not there; standard packs are for everybody. */
@Injectable()
export class ReadPacksService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  list(caller: Caller, page: PageRequest): Promise<CountedPage<PackEntity>> {
    const granted = this.access.visibleOrNone(caller, operations.listPacks, PACK_COLUMNS);
    return listPacks(this.dataSource, { visible: anyOf([sql`p.is_standard`, granted]) }, page);
  }

  async get(caller: Caller, ref: string): Promise<PackEntity> {
    const pack = await findPack(this.dataSource, ref);
    return found('pack', ref, pack && this.isReadable(caller, pack) ? pack : null);
  }

  private isReadable(caller: Caller, pack: PackEntity): boolean {
    return this.access.may(caller, operations.getPack, packTarget(pack)) || pack.is_standard;
  }
}
