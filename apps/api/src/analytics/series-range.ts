import { DomainError, type TimeRange } from '@attune/common';

/** What a request says about the time it asks for; RFC 3339. */
interface RangeQuery {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly hours: number;
}

const HOUR_MS = 3_600_000;

/** Longest range (hours) of one answer: a leap year. Longer ones would be too much to draw and to hold. */
export const MAX_RANGE_HOURS = 366 * 24;

/**
 * `since` and `until` as they are; `since` alone reaches until now; otherwise so many hours back, from `until` or from now.
 * @throws DomainError 400 for a range that ends before it begins, or is longer than a leap year
 */
export function readRange({ since, until, hours }: RangeQuery, nowMs: number): TimeRange {
  const end = until === undefined ? nowMs : Date.parse(until);
  const start = since === undefined ? end - hours * HOUR_MS : Date.parse(since);
  if (start > end) throw new DomainError('request.bad_request', 'since must not be later than until');
  if (end - start > MAX_RANGE_HOURS * HOUR_MS) {
    throw new DomainError('request.bad_request', 'A range may not be longer than 366 days');
  }
  return { from: new Date(start), until: new Date(end) };
}
