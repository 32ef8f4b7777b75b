import { type z } from 'zod';
import { shared } from '../define.js';
import { bool, int64, uint64 } from '../fields.js';

/** How long rows of one kind are kept; null: for ever. */
export const RetentionTargetConfig = shared('RetentionTargetConfig', {
  max_age_seconds: uint64().nullish(),
});
export type RetentionTargetConfig = z.output<typeof RetentionTargetConfig>;

/** The defaults of time-series tables are the limits they begin with, so that leaving one out never shortens it unasked. */
export const RetentionTargetsConfig = shared('RetentionTargetsConfig', {
  events: RetentionTargetConfig.prefault({ max_age_seconds: 7776000 }),
  enforcements: RetentionTargetConfig.prefault({ max_age_seconds: 7776000 }),
  executions: RetentionTargetConfig.prefault({ max_age_seconds: 7776000 }),
  execution_history: RetentionTargetConfig.prefault({ max_age_seconds: 7776000 }),
  worker_history: RetentionTargetConfig.prefault({ max_age_seconds: 15552000 }),
  sensor_process_history: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  audit_events: RetentionTargetConfig.prefault({ max_age_seconds: 7776000 }),
  continuous_aggregates: RetentionTargetConfig.prefault({ max_age_seconds: null }),
  notifications: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  webhook_event_logs: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  inquiries: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  work_queue_items: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  work_queue_dispatches: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  pack_test_executions: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  execution_admission: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  workers: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
  sensor_processes: RetentionTargetConfig.prefault({ max_age_seconds: 2592000 }),
});
export type RetentionTargetsConfig = z.output<typeof RetentionTargetsConfig>;

/** Replaces the stored settings as a whole; what is left out gets its default. */
export const RetentionConfig = shared('RetentionConfig', {
  enabled: bool().default(true),
  check_interval_seconds: uint64().default(3600),
  batch_size: int64().default(1000),
  dry_run: bool().default(false),
  advisory_lock_key: int64().default(7821001),
  targets: RetentionTargetsConfig.prefault({}),
});
export type RetentionConfig = z.output<typeof RetentionConfig>;
