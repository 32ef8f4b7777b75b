import { readQuota, readRate } from './execution-policy.js';

describe('stored limits', () => {
  it('are read', () => {
    expect(readRate({ max: 3, window_seconds: 60 })).toEqual({ max: 3, windowMs: 60_000 });
    expect(readQuota({ max: 3, period: 'week' })).toEqual({ max: 3, period: 'week' });
  });

  it.each([
    null,
    {},
    [],
    'day',
    { max: 0, window_seconds: 1, period: 'day' },
    { max: '3', period: 'day' },
    { max: 1.5 },
  ])('limit nothing when they are none or cannot be read: %j', (stored) => {
    expect([readRate(stored), readQuota(stored)]).toEqual([null, null]);
  });

  it('know no other periods', () => {
    expect(readQuota({ max: 3, period: 'fortnight' })).toBeNull();
  });
});
