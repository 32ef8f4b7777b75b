/** Calendar periods of a quota, in UTC. A week begins on Monday. */
export const QUOTA_PERIODS = ['hour', 'day', 'week', 'month'] as const;

export type QuotaPeriod = (typeof QUOTA_PERIODS)[number];

/** Half-open: `startMs` belongs to it, `endMs` does not. */
export interface PeriodBounds {
  readonly startMs: number;
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** 1970-01-01 was a Thursday: the first Monday is four days later. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** The period that holds the instant `nowMs`. */
export function quotaPeriodAt(period: QuotaPeriod, nowMs: number): PeriodBounds {
  switch (period) {
    case 'hour':
      return even(nowMs, HOUR_MS, 0);
    case 'day':
      return even(nowMs, DAY_MS, 0);
    case 'week':
      return even(nowMs, 7 * DAY_MS, FIRST_MONDAY_MS);
    case 'month': {
      const now = new Date(nowMs);
      const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
      return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
    }
  }
}

/** UTC has no leap seconds in this count, so every hour, day and week is equally long. */
function even(nowMs: number, lengthMs: number, originMs: number): PeriodBounds {
  const startMs = originMs + Math.floor((nowMs - originMs) / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}
