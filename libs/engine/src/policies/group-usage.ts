import { type PolicyLimits, type RateLimit } from './execution-policy.js';
import { quotaPeriodAt } from './quota-period.js';

/** Starts that fell into one slice of time: when it began, and how many. */
export type StartSlice = readonly [startMs: number, count: number];

/** How full one group of a policy is. */
export interface GroupUsage {
  /** Executions that hold a slot. */
  readonly active: number;
  /** Executions in the queue. */
  readonly waiting: number;
  /** What the rate counts, oldest first. */
  readonly starts: readonly StartSlice[];
  /** What the quota counts, and of which period; null: none yet. */
  readonly quotaStartMs: number | null;
  readonly quotaUsed: number;
}

/** How many more executions may start now. */
export interface GroupRoom {
  readonly room: number;
  /** When time alone makes room, although a slot is free; null: it does not, there is room or an execution has to end first. */
  readonly opensAtMs: number | null;
}

/**
 * The window of a rate is kept as so many slices, so that a group remembers as many numbers and not each of its starts. A slice counts
 * until its last moment has left the window: the limit always holds, and room may come one slice late.
 */
const SLICES = 100;

export function roomIn(limits: PolicyLimits, usage: GroupUsage, nowMs: number): GroupRoom {
  const slots = limits.threshold - usage.active;
  const rate = rateRoom(limits, usage, nowMs);
  const quota = quotaRoom(limits, usage, nowMs);
  const room = Math.max(0, Math.min(slots, rate.room, quota.room));
  const times = [rate, quota].filter((limit) => limit.room <= 0).map(({ opensAtMs }) => opensAtMs);
  return { room, opensAtMs: slots > 0 && times.length > 0 ? Math.max(...times) : null };
}

/** The usage after `count` executions took slots. What no longer matters is forgotten. */
export function afterStarts(limits: PolicyLimits, usage: GroupUsage, count: number, nowMs: number): GroupUsage {
  return {
    ...usage,
    active: usage.active + count,
    starts: limits.rate === null ? [] : withStarts(limits.rate, usage.starts, count, nowMs),
    ...afterQuota(limits, usage, count, nowMs),
  };
}

/** A limit by time: how much it leaves, and when it leaves more. */
interface TimeRoom {
  readonly room: number;
  readonly opensAtMs: number;
}

const UNLIMITED: TimeRoom = { room: Infinity, opensAtMs: -Infinity };

function rateRoom({ rate }: PolicyLimits, { starts }: GroupUsage, nowMs: number): TimeRoom {
  if (rate === null) return UNLIMITED;
  const counted = starts.filter((slice) => leavesAtMs(rate, slice) > nowMs);
  let used = counted.reduce((sum, [, count]) => sum + count, 0);
  const room = rate.max - used;
  let opensAtMs = nowMs;
  for (const slice of counted) {
    if (used < rate.max) break;
    used -= slice[1];
    opensAtMs = leavesAtMs(rate, slice);
  }
  return { room, opensAtMs };
}

function withStarts(rate: RateLimit, starts: readonly StartSlice[], count: number, nowMs: number): StartSlice[] {
  const kept = starts.filter((slice) => leavesAtMs(rate, slice) > nowMs);
  if (count === 0) return kept;
  const length = sliceMs(rate);
  const last = kept.at(-1);
  const startMs = Math.max(Math.floor(nowMs / length) * length, last?.[0] ?? 0);
  return last?.[0] === startMs ? [...kept.slice(0, -1), [startMs, last[1] + count]] : [...kept, [startMs, count]];
}

const sliceMs = ({ windowMs }: RateLimit): number => Math.ceil(windowMs / SLICES);

const leavesAtMs = (rate: RateLimit, [startMs]: StartSlice): number => startMs + sliceMs(rate) + rate.windowMs;

function quotaRoom(limits: PolicyLimits, usage: GroupUsage, nowMs: number): TimeRoom {
  if (limits.quota === null) return UNLIMITED;
  const { startMs, endMs } = quotaPeriodAt(limits.quota.period, nowMs);
  const used = usage.quotaStartMs === startMs ? usage.quotaUsed : 0;
  return { room: limits.quota.max - used, opensAtMs: endMs };
}

function afterQuota(
  { quota }: PolicyLimits,
  usage: GroupUsage,
  count: number,
  nowMs: number,
): Pick<GroupUsage, 'quotaStartMs' | 'quotaUsed'> {
  if (quota === null) return { quotaStartMs: null, quotaUsed: 0 };
  const { startMs } = quotaPeriodAt(quota.period, nowMs);
  return { quotaStartMs: startMs, quotaUsed: (usage.quotaStartMs === startMs ? usage.quotaUsed : 0) + count };
}
