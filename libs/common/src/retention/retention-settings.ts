/** What is kept for a limited time. Some of it this version has no tables for yet; their settings are kept all the same. */
export const RETENTION_TARGETS = [
  'events',
  'enforcements',
  'executions',
  'execution_history',
  'worker_history',
  'sensor_process_history',
  'audit_events',
  'continuous_aggregates',
  'notifications',
  'webhook_event_logs',
  'inquiries',
  'work_queue_items',
  'work_queue_dispatches',
  'pack_test_executions',
  'execution_admission',
  'workers',
  'sensor_processes',
] as const;
export type RetentionTarget = (typeof RETENTION_TARGETS)[number];

/** Time-series tables by their target. What happens to them happens to whole chunks. */
export const TABLE_OF_TARGET: Readonly<Partial<Record<RetentionTarget, string>>> = {
  events: 'event',
  enforcements: 'enforcement',
  executions: 'execution',
  execution_history: 'execution_history',
  worker_history: 'worker_history',
  audit_events: 'audit_event',
};

/** How long things are kept, in the words of the API. */
export interface RetentionSettings {
  /** False: nothing is removed, by nobody. */
  readonly enabled: boolean;
  /** From one round to the next, of what is removed row by row. */
  readonly check_interval_seconds: number;
  /** Rows of one statement. */
  readonly batch_size: number;
  /** Only count, and tell what would go. */
  readonly dry_run: boolean;
  /** Processes with the same number take turns. */
  readonly advisory_lock_key: number;
  /** `max_age_seconds` null: kept for ever. */
  readonly targets: Readonly<Record<RetentionTarget, { readonly max_age_seconds: number | null }>>;
}

const DAY_SECONDS = 86_400;
const days = (count: number) => ({ max_age_seconds: count * DAY_SECONDS });

/** What holds until somebody changes it. The time-series tables begin with the same limits, as their policies. */
export const DEFAULT_RETENTION: RetentionSettings = {
  enabled: true,
  check_interval_seconds: 3_600,
  batch_size: 1_000,
  dry_run: false,
  advisory_lock_key: 7_821_001,
  targets: {
    events: days(90),
    enforcements: days(90),
    executions: days(90),
    execution_history: days(90),
    worker_history: days(180),
    sensor_process_history: days(30),
    audit_events: days(90),
    continuous_aggregates: { max_age_seconds: null },
    notifications: days(30),
    webhook_event_logs: days(30),
    inquiries: days(30),
    work_queue_items: days(30),
    work_queue_dispatches: days(30),
    pack_test_executions: days(30),
    execution_admission: days(30),
    workers: days(30),
    sensor_processes: days(30),
  },
};

/** An interval of PostgreSQL; whole days as days, so that it reads as it was meant. */
export const intervalOf = (seconds: number): string =>
  seconds % DAY_SECONDS === 0 ? `${seconds / DAY_SECONDS} days` : `${seconds} seconds`;
