import {
  type ActivationDecision,
  type AdmissionDecision,
  decideActivations,
  decideAdmissions,
  type GroupUsage,
  type PolicyLimits,
  readQuota,
  readRate,
} from '@attune/engine';
import { type GroupRow } from './sql/read-groups.sql.js';
import { type ScheduledRelease } from './sql/schedule-releases.sql.js';
import { type GroupChange } from './sql/update-groups.sql.js';

/** One locked group while a batch is decided: the engine's decisions on what is stored, and what is to be stored after them. */
export class PolicyGroup {
  readonly limits: PolicyLimits;
  private readonly usage: GroupUsage;

  constructor(
    readonly row: GroupRow,
    /** Of those who wait, how many went elsewhere since it was read. */
    gone = 0,
  ) {
    const { threshold, rate, quota, method, active, starts, quotaStartMs, quotaUsed } = row;
    this.limits = { threshold, rate: readRate(rate), quota: readQuota(quota), method };
    this.usage = { active, waiting: row.waiting - gone, starts, quotaStartMs, quotaUsed };
  }

  get waiting(): number {
    return this.usage.waiting;
  }

  admit(arrivals: number): AdmissionDecision {
    return decideAdmissions(this.limits, this.usage, arrivals, this.row.nowMs);
  }

  activate(): ActivationDecision {
    return decideActivations(this.limits, this.usage, this.row.nowMs);
  }

  /** As if only so many had been waiting: the others were about to leave. */
  activated(count: number): GroupUsage {
    return decideActivations(this.limits, { ...this.usage, waiting: count }, this.row.nowMs).usage;
  }

  change(
    usage: GroupUsage,
    { enqueued = 0, completed = 0, wakeAtMs = this.row.wakeAtMs }: Partial<Counts> = {},
  ): GroupChange {
    return {
      id: this.row.id,
      threshold: this.limits.threshold,
      enqueued,
      completed,
      starts: usage.starts,
      quota_start_ms: usage.quotaStartMs,
      quota_used: usage.quotaUsed,
      wake_at_ms: wakeAtMs,
    };
  }

  /** The look that is still to be arranged; null when none is needed, or one comes early enough. `anew`: trust none that was. */
  scheduleAt(wakeAtMs: number | null, anew = false): ScheduledRelease | null {
    const { id, wakeAtMs: arranged, nowMs } = this.row;
    if (wakeAtMs === null) return null;
    const isArranged = !anew && arranged !== null && arranged > nowMs && arranged <= wakeAtMs;
    return isArranged ? null : { state: id, at_ms: wakeAtMs };
  }
}

interface Counts {
  readonly enqueued: number;
  readonly completed: number;
  readonly wakeAtMs: number | null;
}
