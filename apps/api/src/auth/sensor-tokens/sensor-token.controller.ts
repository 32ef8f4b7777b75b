import { operations, type SensorTokenResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../../http/operation.decorator.js';
import { SensorTokensService } from './sensor-tokens.service.js';

@Controller()
export class SensorTokenController {
  constructor(@Inject(SensorTokensService) private readonly tokens: SensorTokensService) {}

  @Operation(operations.createSensorToken)
  create({ caller, body }: InputOf<typeof operations.createSensorToken>): Promise<SensorTokenResponse> {
    return this.tokens.issue(caller, body);
  }

  @Operation(operations.createInternalSensorToken)
  createInternally({
    caller,
    body,
  }: InputOf<typeof operations.createInternalSensorToken>): Promise<SensorTokenResponse> {
    return this.tokens.issue(caller, body);
  }
}
