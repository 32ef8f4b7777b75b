import { AnalyticsRepository, type ExecutionFailureRate, sql, type Sql, type TimeRange } from '@attune/common';
import { type AnyOperation, operations, type TimeSeriesPoint } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { type FactColumns } from '../access/condition.js';
import { showPoints } from './show-series.js';

/** Hourly sums know the ref they were counted by and nothing else: what a grant asks beyond that does not hold. */
const countedBy = (ref: Sql): FactColumns => ({ ref, packRef: sql`split_part(${ref}, '.', 1)` });

const BY_ACTION = countedBy(sql`a.action_ref`);
const BY_TRIGGER = countedBy(sql`a.trigger_ref`);
const BY_RULE = countedBy(sql`a.rule_ref`);

const NOTHING = sql`false`;

/** `some`: a caller without any grant gets no points. `must`: they are refused. */
type Need = 'must' | 'some';

/** Series for dashboards, of what the caller may see. */
@Injectable()
export class AnalyticsService {
  private readonly analytics: AnalyticsRepository;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {
    this.analytics = new AnalyticsRepository(dataSource);
  }

  async executionStatus(caller: Caller, range: TimeRange): Promise<TimeSeriesPoint[]> {
    const visible = this.visible(caller, operations.getExecutionStatusSeries, BY_ACTION, 'must');
    return showPoints(await this.analytics.executionStatusHourly(range, visible), 'transition_count');
  }

  async executionThroughput(caller: Caller, range: TimeRange): Promise<TimeSeriesPoint[]> {
    const visible = this.visible(caller, operations.getExecutionThroughput, BY_ACTION, 'must');
    return showPoints(await this.analytics.executionThroughputHourly(range, visible), 'execution_count');
  }

  failureRate(caller: Caller, range: TimeRange): Promise<ExecutionFailureRate> {
    const visible = this.visible(caller, operations.getExecutionFailureRate, BY_ACTION, 'must');
    return this.analytics.executionFailureRate(range, undefined, visible);
  }

  async eventVolume(caller: Caller, range: TimeRange, need: Need = 'must'): Promise<TimeSeriesPoint[]> {
    const visible = this.visible(caller, operations.getEventVolume, BY_TRIGGER, need);
    return showPoints(await this.analytics.eventVolumeHourly(range, visible), 'event_count');
  }

  async enforcementVolume(caller: Caller, range: TimeRange, need: Need = 'must'): Promise<TimeSeriesPoint[]> {
    const visible = this.visible(caller, operations.getEnforcementVolume, BY_RULE, need);
    return showPoints(await this.analytics.enforcementVolumeHourly(range, visible), 'enforcement_count');
  }

  /** Workers have nothing a grant could name. */
  async workerStatus(caller: Caller, range: TimeRange, need: Need = 'must'): Promise<TimeSeriesPoint[]> {
    const operation = operations.getWorkerStatusSeries;
    if (need === 'must') this.access.require(caller, operation, {});
    const visible = this.access.may(caller, operation, {}) ? undefined : NOTHING;
    return showPoints(await this.analytics.workerStatusHourly(range, visible), 'transition_count');
  }

  /**
   * All series at once, for callers who may see executions. Of what else they have no grant about they get an empty series
   * rather than a refusal, because the rest is still worth showing.
   */
  async dashboard(caller: Caller, range: TimeRange) {
    this.access.visible(caller, operations.getDashboard, BY_ACTION);
    const [throughput, status, events, enforcements, workers, failureRate] = await Promise.all([
      this.executionThroughput(caller, range),
      this.executionStatus(caller, range),
      this.eventVolume(caller, range, 'some'),
      this.enforcementVolume(caller, range, 'some'),
      this.workerStatus(caller, range, 'some'),
      this.failureRate(caller, range),
    ]);
    return { throughput, status, events, enforcements, workers, failureRate };
  }

  private visible(caller: Caller, operation: AnyOperation, columns: FactColumns, need: Need): Sql {
    return need === 'must'
      ? this.access.visible(caller, operation, columns)
      : this.access.visibleOrNone(caller, operation, columns);
  }
}
