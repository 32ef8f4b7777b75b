import {
  type DashboardAnalyticsResponse,
  type EnforcementVolumeResponse,
  type EventVolumeResponse,
  type ExecutionStatusTimeSeriesResponse,
  type ExecutionThroughputResponse,
  type FailureRateResponse,
  operations,
  type WorkerStatusTimeSeriesResponse,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { AnalyticsService } from './analytics.service.js';
import { readRange } from './series-range.js';
import { showRange } from './show-series.js';

@Controller()
export class AnalyticsController {
  constructor(@Inject(AnalyticsService) private readonly analytics: AnalyticsService) {}

  @Operation(operations.getDashboard)
  async dashboard({ caller, query }: InputOf<typeof operations.getDashboard>): Promise<DashboardAnalyticsResponse> {
    const range = readRange(query, Date.now());
    const series = await this.analytics.dashboard(caller, range);
    return {
      ...showRange(range),
      execution_throughput: series.throughput,
      execution_status: series.status,
      event_volume: series.events,
      enforcement_volume: series.enforcements,
      worker_status: series.workers,
      failure_rate: { ...showRange(range), ...series.failureRate },
    };
  }

  @Operation(operations.getExecutionStatusSeries)
  async executionStatus(
    input: InputOf<typeof operations.getExecutionStatusSeries>,
  ): Promise<ExecutionStatusTimeSeriesResponse> {
    const range = readRange(input.query, Date.now());
    return { ...showRange(range), data: await this.analytics.executionStatus(input.caller, range) };
  }

  @Operation(operations.getExecutionThroughput)
  async executionThroughput(
    input: InputOf<typeof operations.getExecutionThroughput>,
  ): Promise<ExecutionThroughputResponse> {
    const range = readRange(input.query, Date.now());
    return { ...showRange(range), data: await this.analytics.executionThroughput(input.caller, range) };
  }

  @Operation(operations.getExecutionFailureRate)
  async failureRate(input: InputOf<typeof operations.getExecutionFailureRate>): Promise<FailureRateResponse> {
    const range = readRange(input.query, Date.now());
    return { ...showRange(range), ...(await this.analytics.failureRate(input.caller, range)) };
  }

  @Operation(operations.getEventVolume)
  async eventVolume({ caller, query }: InputOf<typeof operations.getEventVolume>): Promise<EventVolumeResponse> {
    const range = readRange(query, Date.now());
    return { ...showRange(range), data: await this.analytics.eventVolume(caller, range) };
  }

  @Operation(operations.getEnforcementVolume)
  async enforcementVolume(input: InputOf<typeof operations.getEnforcementVolume>): Promise<EnforcementVolumeResponse> {
    const range = readRange(input.query, Date.now());
    return { ...showRange(range), data: await this.analytics.enforcementVolume(input.caller, range) };
  }

  @Operation(operations.getWorkerStatusSeries)
  async workerStatus(input: InputOf<typeof operations.getWorkerStatusSeries>): Promise<WorkerStatusTimeSeriesResponse> {
    const range = readRange(input.query, Date.now());
    return { ...showRange(range), data: await this.analytics.workerStatus(input.caller, range) };
  }
}
