import { type Database, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import {
  type EnforcementVolumeBucket,
  type EventVolumeBucket,
  type ExecutionFailureRate,
  type ExecutionStatusBucket,
  type ExecutionThroughputBucket,
  type ExecutionVolumeBucket,
  type WorkerStatusBucket,
} from './buckets.js';
import { bucketIn, type TimeRange } from './hour-range.js';

/**
 * Hour-by-hour figures for dashboards, read from the hourly aggregates, so that their cost does not grow with the number
 * of rows behind them. The last hour or two are counted live: what was committed a moment ago is in. A status that
 * changed in an earlier hour shows after the next refresh, half an hour later at most.
 *
 * Methods come in pairs: the total of each hour, and the same broken down, all of it or for one reference. Rows are in
 * the order of their hours. `visible` is a condition on the rows, whose alias is `a`, for those who may not see all.
 */
export class AnalyticsRepository {
  constructor(private readonly db: Database) {}

  executionStatusHourly(range: TimeRange, visible: Sql = EVERYTHING): Promise<ExecutionStatusBucket[]> {
    return run<ExecutionStatusBucket>(
      this.db,
      sql`
      select a.bucket, null::text as action_ref, a.status, sum(a.transition_count)::bigint as transition_count
      from execution_status_hourly as a
      where ${bucketIn(range)} and ${visible}
      group by a.bucket, a.status
      order by a.bucket, a.status`,
    );
  }

  executionStatusHourlyByAction(range: TimeRange, actionRef?: string): Promise<ExecutionStatusBucket[]> {
    return run<ExecutionStatusBucket>(
      this.db,
      sql`
      select a.bucket, a.action_ref, a.status, sum(a.transition_count)::bigint as transition_count
      from execution_status_hourly as a
      where ${bucketIn(range)}${only(sql`a.action_ref`, actionRef)}
      group by a.bucket, a.action_ref, a.status
      order by a.bucket, a.action_ref, a.status`,
    );
  }

  executionThroughputHourly(range: TimeRange, visible: Sql = EVERYTHING): Promise<ExecutionThroughputBucket[]> {
    return run<ExecutionThroughputBucket>(
      this.db,
      sql`
      select a.bucket, null::text as action_ref, sum(a.execution_count)::bigint as execution_count
      from execution_throughput_hourly as a
      where ${bucketIn(range)} and ${visible}
      group by a.bucket
      order by a.bucket`,
    );
  }

  executionThroughputHourlyByAction(range: TimeRange, actionRef?: string): Promise<ExecutionThroughputBucket[]> {
    return run<ExecutionThroughputBucket>(
      this.db,
      sql`
      select a.bucket, a.action_ref, sum(a.execution_count)::bigint as execution_count
      from execution_throughput_hourly as a
      where ${bucketIn(range)}${only(sql`a.action_ref`, actionRef)}
      group by a.bucket, a.action_ref
      order by a.bucket, a.action_ref`,
    );
  }

  eventVolumeHourly(range: TimeRange, visible: Sql = EVERYTHING): Promise<EventVolumeBucket[]> {
    return run<EventVolumeBucket>(
      this.db,
      sql`
      select a.bucket, null::text as trigger_ref, sum(a.event_count)::bigint as event_count
      from event_volume_hourly as a
      where ${bucketIn(range)} and ${visible}
      group by a.bucket
      order by a.bucket`,
    );
  }

  eventVolumeHourlyByTrigger(range: TimeRange, triggerRef?: string): Promise<EventVolumeBucket[]> {
    return run<EventVolumeBucket>(
      this.db,
      sql`
      select a.bucket, a.trigger_ref, sum(a.event_count)::bigint as event_count
      from event_volume_hourly as a
      where ${bucketIn(range)}${only(sql`a.trigger_ref`, triggerRef)}
      group by a.bucket, a.trigger_ref
      order by a.bucket, a.trigger_ref`,
    );
  }

  workerStatusHourly(range: TimeRange, visible: Sql = EVERYTHING): Promise<WorkerStatusBucket[]> {
    return run<WorkerStatusBucket>(
      this.db,
      sql`
      select a.bucket, null::text as worker_name, a.status, sum(a.transition_count)::bigint as transition_count
      from worker_status_hourly as a
      where ${bucketIn(range)} and ${visible}
      group by a.bucket, a.status
      order by a.bucket, a.status`,
    );
  }

  workerStatusHourlyByWorker(range: TimeRange, workerName?: string): Promise<WorkerStatusBucket[]> {
    return run<WorkerStatusBucket>(
      this.db,
      sql`
      select a.bucket, a.worker_name, a.status, sum(a.transition_count)::bigint as transition_count
      from worker_status_hourly as a
      where ${bucketIn(range)}${only(sql`a.worker_name`, workerName)}
      group by a.bucket, a.worker_name, a.status
      order by a.bucket, a.worker_name, a.status`,
    );
  }

  enforcementVolumeHourly(range: TimeRange, visible: Sql = EVERYTHING): Promise<EnforcementVolumeBucket[]> {
    return run<EnforcementVolumeBucket>(
      this.db,
      sql`
      select a.bucket, null::text as rule_ref, sum(a.enforcement_count)::bigint as enforcement_count
      from enforcement_volume_hourly as a
      where ${bucketIn(range)} and ${visible}
      group by a.bucket
      order by a.bucket`,
    );
  }

  enforcementVolumeHourlyByRule(range: TimeRange, ruleRef?: string): Promise<EnforcementVolumeBucket[]> {
    return run<EnforcementVolumeBucket>(
      this.db,
      sql`
      select a.bucket, a.rule_ref, sum(a.enforcement_count)::bigint as enforcement_count
      from enforcement_volume_hourly as a
      where ${bucketIn(range)}${only(sql`a.rule_ref`, ruleRef)}
      group by a.bucket, a.rule_ref
      order by a.bucket, a.rule_ref`,
    );
  }

  executionVolumeHourly(range: TimeRange, visible: Sql = EVERYTHING): Promise<ExecutionVolumeBucket[]> {
    return run<ExecutionVolumeBucket>(
      this.db,
      sql`
      select a.bucket, null::text as action_ref, null::text as status, sum(a.execution_count)::bigint as execution_count
      from execution_volume_hourly as a
      where ${bucketIn(range)} and ${visible}
      group by a.bucket
      order by a.bucket`,
    );
  }

  /** By action and by status. */
  executionVolumeHourlyByAction(range: TimeRange, actionRef?: string): Promise<ExecutionVolumeBucket[]> {
    return run<ExecutionVolumeBucket>(
      this.db,
      sql`
      select a.bucket, a.action_ref, a.status::text as status, sum(a.execution_count)::bigint as execution_count
      from execution_volume_hourly as a
      where ${bucketIn(range)}${only(sql`a.action_ref`, actionRef)}
      group by a.bucket, a.action_ref, a.status
      order by a.bucket, a.action_ref, a.status`,
    );
  }

  /** Of the executions that ended in the range, whenever they were started. */
  async executionFailureRate(
    range: TimeRange,
    actionRef?: string,
    visible: Sql = EVERYTHING,
  ): Promise<ExecutionFailureRate> {
    const [row] = await run<Omit<ExecutionFailureRate, 'failure_rate_pct' | 'total_terminal'>>(
      this.db,
      sql`
      select
        coalesce(sum(a.transition_count) filter (where a.status = 'completed'), 0)::bigint as completed_count,
        coalesce(sum(a.transition_count) filter (where a.status = 'failed'), 0)::bigint as failed_count,
        coalesce(sum(a.transition_count) filter (where a.status = 'timeout'), 0)::bigint as timeout_count
      from execution_status_hourly as a
      where ${bucketIn(range)}${only(sql`a.action_ref`, actionRef)} and ${visible}
        and a.status in ('completed', 'failed', 'timeout')`,
    );
    const { completed_count, failed_count, timeout_count } = row ?? NOTHING_ENDED;
    const total_terminal = completed_count + failed_count + timeout_count;
    const failure_rate_pct = total_terminal === 0 ? 0 : ((failed_count + timeout_count) / total_terminal) * 100;
    return { total_terminal, completed_count, failed_count, timeout_count, failure_rate_pct };
  }
}

/** No condition. */
const EVERYTHING = sql`true`;

const NOTHING_ENDED = { completed_count: 0, failed_count: 0, timeout_count: 0 };

/** `and column = reference`; nothing when all are wanted. */
const only = (column: Sql, reference: string | undefined): Sql =>
  reference === undefined ? sql`` : sql` and ${column} = ${reference}`;
