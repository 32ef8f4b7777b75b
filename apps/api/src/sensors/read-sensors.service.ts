import {
  type CountedPage,
  findPack,
  findSensor,
  findTrigger,
  listSensors,
  type PageRequest,
  type SensorEntity,
  type SensorFilter,
} from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { SENSOR_COLUMNS, sensorTarget } from './show-sensor.js';

/** Shows sensors. */
@Injectable()
export class ReadSensorsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async list(caller: Caller, filter: SensorFilter, page: PageRequest): Promise<CountedPage<SensorEntity>> {
    const visible = this.access.visible(caller, operations.listSensors, SENSOR_COLUMNS);
    return listSensors(this.dataSource, { ...filter, visible }, page);
  }

  async listOfPack(caller: Caller, packRef: string, page: PageRequest): Promise<CountedPage<SensorEntity>> {
    found('pack', packRef, await findPack(this.dataSource, packRef));
    return this.list(caller, { pack_ref: packRef }, page);
  }

  async listOfTrigger(caller: Caller, triggerRef: string, page: PageRequest): Promise<CountedPage<SensorEntity>> {
    const trigger = found('trigger', triggerRef, await findTrigger(this.dataSource, triggerRef));
    return this.list(caller, { trigger: trigger.id }, page);
  }

  async get(caller: Caller, ref: string): Promise<SensorEntity> {
    const sensor = found('sensor', ref, await findSensor(this.dataSource, ref));
    this.access.require(caller, operations.getSensor, sensorTarget(sensor));
    return sensor;
  }
}
