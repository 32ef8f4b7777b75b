import fc from 'fast-check';
import { QUOTA_PERIODS, type QuotaPeriod, quotaPeriodAt } from './quota-period.js';

const bounds = (period: QuotaPeriod, at: string): string[] => {
  const { startMs, endMs } = quotaPeriodAt(period, Date.parse(at));
  return [startMs, endMs].map((ms) => new Date(ms).toISOString().slice(0, 16));
};

describe('periods of a quota', () => {
  it.each<[QuotaPeriod, string, string, string]>([
    ['hour', '2026-03-29T01:59:59.999Z', '2026-03-29T01:00', '2026-03-29T02:00'],
    ['day', '2024-02-29T00:00:00.000Z', '2024-02-29T00:00', '2024-03-01T00:00'],
    ['week', '2026-11-25T12:00:00.000Z', '2026-11-23T00:00', '2026-11-30T00:00'],
    ['week', '2026-11-22T23:59:59.999Z', '2026-11-16T00:00', '2026-11-23T00:00'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00', '2027-01-01T00:00'],
    ['month', '2024-02-10T00:00:00.000Z', '2024-02-01T00:00', '2024-03-01T00:00'],
  ])('the %s of %s', (period, at, start, end) => {
    expect(bounds(period, at)).toEqual([start, end]);
  });

  it('hold each instant once, without gaps', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...QUOTA_PERIODS),
        fc.integer({ min: 0, max: Date.UTC(2090, 0, 1) }),
        (period, nowMs) => {
          const { startMs, endMs } = quotaPeriodAt(period, nowMs);
          expect(startMs <= nowMs && nowMs < endMs).toBe(true);
          expect(quotaPeriodAt(period, endMs).startMs).toBe(endMs);
          expect(quotaPeriodAt(period, startMs)).toEqual({ startMs, endMs });
        },
      ),
    );
  });
});
