import { type PolicyLimits } from './execution-policy.js';
import { afterStarts, type GroupUsage, roomIn } from './group-usage.js';

/** Executions that may wait in one group. */
export const MAX_QUEUE_LENGTH = 10_000;

/** `full`: it would wait, but too many do already. */
export type Admission = 'admitted' | 'queued' | 'cancelled' | 'full';

export interface AdmissionDecision {
  /** One for each arrival, in their order. */
  readonly admissions: readonly Admission[];
  readonly usage: GroupUsage;
  /** When those who wait have to be looked at again, although nothing ends; null: an end will do. */
  readonly wakeAtMs: number | null;
}

/**
 * Decides about executions that arrive at one group, in the order in which they arrive. Nobody is let past those who wait
 * already, even when there is room: they are about to be activated.
 */
export function decideAdmissions(
  limits: PolicyLimits,
  usage: GroupUsage,
  arrivals: number,
  nowMs: number,
): AdmissionDecision {
  const room = usage.waiting > 0 ? 0 : Math.min(roomIn(limits, usage, nowMs).room, arrivals);
  const places = limits.method === 'cancel' ? 0 : Math.max(0, MAX_QUEUE_LENGTH - usage.waiting);
  const refusal: Admission = limits.method === 'cancel' ? 'cancelled' : 'full';
  const admissions = Array.from({ length: arrivals }, (_, index): Admission => {
    if (index < room) return 'admitted';
    return index < room + places ? 'queued' : refusal;
  });
  const queued = admissions.filter((admission) => admission === 'queued').length;
  const started = afterStarts(limits, usage, room, nowMs);
  const after = { ...started, waiting: usage.waiting + queued };
  return { admissions, usage: after, wakeAtMs: wakeTime(limits, after, nowMs) };
}

export interface ActivationDecision {
  /** How many of those who wait, longest first, get a slot. */
  readonly count: number;
  readonly usage: GroupUsage;
  readonly wakeAtMs: number | null;
}

/** Decides how many of those who wait in a group may go on. */
export function decideActivations(limits: PolicyLimits, usage: GroupUsage, nowMs: number): ActivationDecision {
  const count = Math.min(roomIn(limits, usage, nowMs).room, usage.waiting);
  const started = afterStarts(limits, usage, count, nowMs);
  const after = { ...started, waiting: usage.waiting - count };
  return { count, usage: after, wakeAtMs: wakeTime(limits, after, nowMs) };
}

function wakeTime(limits: PolicyLimits, usage: GroupUsage, nowMs: number): number | null {
  return usage.waiting === 0 ? null : roomIn(limits, usage, nowMs).opensAtMs;
}
