import { type z } from 'zod';
import { response } from '../define.js';
import { float64, int64, list, text, timestamp } from '../fields.js';

/** One hour of a series. `label` is the status in series by status, null in volumes. */
export const TimeSeriesPoint = response('TimeSeriesPoint', {
  bucket: timestamp(),
  label: text().nullable(),
  value: int64(),
});
export type TimeSeriesPoint = z.output<typeof TimeSeriesPoint>;

export const ExecutionStatusTimeSeriesResponse = response('ExecutionStatusTimeSeriesResponse', {
  since: timestamp(),
  until: timestamp(),
  data: list(TimeSeriesPoint),
});
export type ExecutionStatusTimeSeriesResponse = z.output<typeof ExecutionStatusTimeSeriesResponse>;

export const ExecutionThroughputResponse = response('ExecutionThroughputResponse', {
  since: timestamp(),
  until: timestamp(),
  data: list(TimeSeriesPoint),
});
export type ExecutionThroughputResponse = z.output<typeof ExecutionThroughputResponse>;

export const EventVolumeResponse = response('EventVolumeResponse', {
  since: timestamp(),
  until: timestamp(),
  data: list(TimeSeriesPoint),
});
export type EventVolumeResponse = z.output<typeof EventVolumeResponse>;

export const EnforcementVolumeResponse = response('EnforcementVolumeResponse', {
  since: timestamp(),
  until: timestamp(),
  data: list(TimeSeriesPoint),
});
export type EnforcementVolumeResponse = z.output<typeof EnforcementVolumeResponse>;

export const WorkerStatusTimeSeriesResponse = response('WorkerStatusTimeSeriesResponse', {
  since: timestamp(),
  until: timestamp(),
  data: list(TimeSeriesPoint),
});
export type WorkerStatusTimeSeriesResponse = z.output<typeof WorkerStatusTimeSeriesResponse>;

/** Failed and timed out executions as a percentage of all that ended by themselves. */
export const FailureRateResponse = response('FailureRateResponse', {
  since: timestamp(),
  until: timestamp(),
  total_terminal: int64(),
  failed_count: int64(),
  timeout_count: int64(),
  completed_count: int64(),
  failure_rate_pct: float64(),
});
export type FailureRateResponse = z.output<typeof FailureRateResponse>;

/** All series over the same range. */
export const DashboardAnalyticsResponse = response('DashboardAnalyticsResponse', {
  since: timestamp(),
  until: timestamp(),
  execution_throughput: list(TimeSeriesPoint),
  execution_status: list(TimeSeriesPoint),
  event_volume: list(TimeSeriesPoint),
  enforcement_volume: list(TimeSeriesPoint),
  worker_status: list(TimeSeriesPoint),
  failure_rate: FailureRateResponse,
});
export type DashboardAnalyticsResponse = z.output<typeof DashboardAnalyticsResponse>;
