import { operations, type RetentionConfig } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { RetentionService } from './retention.service.js';

@Controller()
export class RetentionController {
  constructor(@Inject(RetentionService) private readonly retention: RetentionService) {}

  @Operation(operations.getRetentionConfig)
  get({ caller }: InputOf<typeof operations.getRetentionConfig>): Promise<RetentionConfig> {
    return this.retention.get(caller);
  }

  @Operation(operations.updateRetentionConfig)
  replace({ caller, body }: InputOf<typeof operations.updateRetentionConfig>): Promise<RetentionConfig> {
    return this.retention.replace(caller, body);
  }
}
