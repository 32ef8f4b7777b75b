import {
  type CountedPage,
  findPack,
  findTrigger,
  listTriggers,
  type PageRequest,
  type TriggerEntity,
  type TriggerFilter,
} from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { TRIGGER_COLUMNS, triggerTarget } from './show-trigger.js';

/** Shows triggers. */
@Injectable()
export class ReadTriggersService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async list(caller: Caller, filter: TriggerFilter, page: PageRequest): Promise<CountedPage<TriggerEntity>> {
    const visible = this.access.visible(caller, operations.listTriggers, TRIGGER_COLUMNS);
    return listTriggers(this.dataSource, { ...filter, visible }, page);
  }

  async listOfPack(caller: Caller, packRef: string, page: PageRequest): Promise<CountedPage<TriggerEntity>> {
    found('pack', packRef, await findPack(this.dataSource, packRef));
    return this.list(caller, { pack_ref: packRef }, page);
  }

  async get(caller: Caller, ref: string): Promise<TriggerEntity> {
    const trigger = found('trigger', ref, await findTrigger(this.dataSource, ref));
    this.access.require(caller, operations.getTrigger, triggerTarget(trigger));
    return trigger;
  }
}
