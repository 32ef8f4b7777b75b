import { LOGGER, type Logger } from '@attune/common';
import { type HealthBasic, type HealthResponse, type HealthUnavailable, operations } from '@attune/contract';
import { Controller, HttpException, Inject } from '@nestjs/common';
import { Operation } from '../http/operation.decorator.js';
import { HealthService } from './health.service.js';

@Controller()
export class HealthController {
  constructor(
    @Inject(HealthService) private readonly health: HealthService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Operation(operations.getHealth)
  basic(): HealthBasic {
    return { status: 'ok' };
  }

  @Operation(operations.getHealthDetails)
  async details(): Promise<HealthResponse> {
    try {
      return await this.health.details();
    } catch (error) {
      this.logger.warn({ err: error }, 'health check cannot reach the database');
      const body: HealthUnavailable = {
        status: 'error',
        database: 'disconnected',
        error: 'The database does not answer',
      };
      throw new HttpException(body, 503);
    }
  }

  @Operation(operations.getLiveness)
  live(): undefined {
    return undefined;
  }

  @Operation(operations.getReadiness)
  async ready(): Promise<undefined> {
    if (!(await this.health.isReady())) throw new HttpException('', 503);
    return undefined;
  }
}
