/**
 * One hour of one of the hourly aggregates. `bucket` is where the hour begins, in UTC; hours without anything have no row.
 * A reference is null in totals, where it means "all of them".
 */
interface Bucket {
  readonly bucket: Date;
}

/** Executions that went into a status. */
export interface ExecutionStatusBucket extends Bucket {
  readonly action_ref: string | null;
  readonly status: string;
  readonly transition_count: number;
}

/** Executions that were started. */
export interface ExecutionThroughputBucket extends Bucket {
  readonly action_ref: string | null;
  readonly execution_count: number;
}

export interface EventVolumeBucket extends Bucket {
  readonly trigger_ref: string | null;
  readonly event_count: number;
}

/** Workers that went into a status. */
export interface WorkerStatusBucket extends Bucket {
  readonly worker_name: string | null;
  readonly status: string;
  readonly transition_count: number;
}

export interface EnforcementVolumeBucket extends Bucket {
  readonly rule_ref: string | null;
  readonly enforcement_count: number;
}

/** Executions created in the hour; `status` is the one they have now, null where statuses are summed up. */
export interface ExecutionVolumeBucket extends Bucket {
  readonly action_ref: string | null;
  readonly status: string | null;
  readonly execution_count: number;
}

/** How many of the executions that ended did not end well. Cancelled and abandoned ones are neither. */
export interface ExecutionFailureRate {
  /** completed + failed + timeout. */
  readonly total_terminal: number;
  readonly completed_count: number;
  readonly failed_count: number;
  readonly timeout_count: number;
  /** 0 to 100; 0 when nothing ended. */
  readonly failure_rate_pct: number;
}
