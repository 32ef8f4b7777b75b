import { type CountedPage, findPack, listPacks, type PackEntity, type PageRequest } from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService, pageThrough } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { packTarget } from './show-pack.js';

/** An installation has tens of packs: reading all of them is cheaper than teaching SQL the rules of grants. */
const ALL_PACKS: PageRequest = { limit: 10_000, offset: 0 };

/** Shows packs. Those the caller may not read are as good as not there; standard packs are for everybody. */
@Injectable()
export class ReadPacksService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async list(caller: Caller, page: PageRequest): Promise<CountedPage<PackEntity>> {
    const { rows } = await listPacks(this.dataSource, ALL_PACKS);
    caller.isChecked = true; // without any pack no row asks
    return pageThrough(
      rows.filter((pack) => this.isReadable(caller, pack)),
      page,
    );
  }

  async get(caller: Caller, ref: string): Promise<PackEntity> {
    const pack = await findPack(this.dataSource, ref);
    return found('pack', ref, pack && this.isReadable(caller, pack) ? pack : null);
  }

  private isReadable(caller: Caller, pack: PackEntity): boolean {
    return this.access.may(caller, operations.getPack, packTarget(pack)) || pack.is_standard;
  }
}
