import { getOwn, type Json } from '../json.js';
import { QUOTA_PERIODS, type QuotaPeriod } from './quota-period.js';

/** At most `max` starts in any `windowMs` milliseconds. */
export interface RateLimit {
  readonly max: number;
  readonly windowMs: number;
}

/** At most `max` starts in a calendar period. */
export interface Quota {
  readonly max: number;
  readonly period: QuotaPeriod;
}

/** What a policy allows to each of its groups. */
export interface PolicyLimits {
  /** Executions that may be active at once. */
  readonly threshold: number;
  readonly rate: RateLimit | null;
  readonly quota: Quota | null;
  /** What becomes of an execution that finds no room. */
  readonly method: 'enqueue' | 'cancel';
}

/** What a policy applies to: one action, a whole pack, or with both null everything. */
export interface PolicyScope {
  readonly id: number;
  readonly actionRef: string | null;
  readonly packRef: string | null;
  readonly createdMs: number;
}

/** A rate as it is stored, `{max, window_seconds}`; null for none and for what cannot be read. */
export function readRate(stored: Json): RateLimit | null {
  const max = positive(getOwn(stored, 'max'));
  const seconds = positive(getOwn(stored, 'window_seconds'));
  return max === null || seconds === null ? null : { max, windowMs: seconds * 1_000 };
}

/** A quota as it is stored, `{max, period}`; null for none and for what cannot be read. */
export function readQuota(stored: Json): Quota | null {
  const max = positive(getOwn(stored, 'max'));
  const named = getOwn(stored, 'period');
  const period = QUOTA_PERIODS.find((one) => one === named);
  return max === null || period === undefined ? null : { max, period };
}

function positive(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}
