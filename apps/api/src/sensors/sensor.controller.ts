import { operations, type Page, type SensorResponse, type SensorSummary, type SuccessResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { ReadSensorsService } from './read-sensors.service.js';
import { showSensor, showSensorSummary } from './show-sensor.js';
import { WriteSensorsService } from './write-sensors.service.js';

@Controller()
export class SensorController {
  constructor(
    @Inject(ReadSensorsService) private readonly reads: ReadSensorsService,
    @Inject(WriteSensorsService) private readonly writes: WriteSensorsService,
  ) {}

  @Operation(operations.listSensors)
  async list({ caller, query }: InputOf<typeof operations.listSensors>): Promise<Page<SensorSummary>> {
    return countedPage(query, await this.reads.list(caller, {}, pageRequest(query)), showSensorSummary);
  }

  @Operation(operations.listEnabledSensors)
  async listEnabled({ caller, query }: InputOf<typeof operations.listEnabledSensors>): Promise<Page<SensorSummary>> {
    return countedPage(query, await this.reads.list(caller, { enabled: true }, pageRequest(query)), showSensorSummary);
  }

  @Operation(operations.listPackSensors)
  async listOfPack(input: InputOf<typeof operations.listPackSensors>): Promise<Page<SensorSummary>> {
    const { caller, params, query } = input;
    const page = await this.reads.listOfPack(caller, params.pack_ref, pageRequest(query));
    return countedPage(query, page, showSensorSummary);
  }

  @Operation(operations.listTriggerSensors)
  async listOfTrigger(input: InputOf<typeof operations.listTriggerSensors>): Promise<Page<SensorSummary>> {
    const { caller, params, query } = input;
    const page = await this.reads.listOfTrigger(caller, params.trigger_ref, pageRequest(query));
    return countedPage(query, page, showSensorSummary);
  }

  @Operation(operations.getSensor)
  async get({ caller, params }: InputOf<typeof operations.getSensor>): Promise<SensorResponse> {
    return showSensor(await this.reads.get(caller, params.ref));
  }

  @Operation(operations.createSensor)
  async create({ caller, body }: InputOf<typeof operations.createSensor>): Promise<SensorResponse> {
    return showSensor(await this.writes.create(caller, body));
  }

  @Operation(operations.updateSensor)
  async update({ caller, params, body }: InputOf<typeof operations.updateSensor>): Promise<SensorResponse> {
    return showSensor(await this.writes.update(caller, params.ref, body));
  }

  @Operation(operations.enableSensor)
  async enable({ caller, params }: InputOf<typeof operations.enableSensor>): Promise<SensorResponse> {
    return showSensor(await this.writes.setEnabled(caller, params.ref, true));
  }

  @Operation(operations.disableSensor)
  async disable({ caller, params }: InputOf<typeof operations.disableSensor>): Promise<SensorResponse> {
    return showSensor(await this.writes.setEnabled(caller, params.ref, false));
  }

  @Operation(operations.deleteSensor)
  async delete({ caller, params }: InputOf<typeof operations.deleteSensor>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.ref);
    return { success: true, message: `Sensor ${params.ref} deleted` };
  }
}
