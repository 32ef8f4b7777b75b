import { DomainError } from '@attune/common';
import { readRange } from './series-range.js';

const NOW = Date.parse('2026-03-10T12:34:56Z');

describe('the range of a series', () => {
  it.each([
    ['hours back from now', {}, '2026-03-09T12:34:56.000Z', '2026-03-10T12:34:56.000Z'],
    ['since until now', { since: '2026-03-10T10:00:00Z' }, '2026-03-10T10:00:00.000Z', '2026-03-10T12:34:56.000Z'],
    [
      'hours back from until',
      { until: '2026-03-05T00:00:00Z' },
      '2026-03-04T00:00:00.000Z',
      '2026-03-05T00:00:00.000Z',
    ],
    [
      'since and until',
      { since: '2026-03-01T00:00:00+02:00', until: '2026-03-05T00:00:00Z' },
      '2026-02-28T22:00:00.000Z',
      '2026-03-05T00:00:00.000Z',
    ],
  ])('is %s', (_, query, from, until) => {
    expect(readRange({ hours: 24, ...query }, NOW)).toEqual({ from: new Date(from), until: new Date(until) });
  });

  it.each([
    ['ends before it begins', { since: '2026-03-05T00:00:00Z', until: '2026-03-01T00:00:00Z' }],
    ['begins in the future', { since: '2026-03-11T00:00:00Z' }],
    ['is longer than a leap year', { since: '2025-03-01T00:00:00Z', until: '2026-03-03T00:00:00Z' }],
  ])('is refused when it %s', (_, query) => {
    expect(() => readRange({ hours: 24, ...query }, NOW)).toThrow(DomainError);
  });
});
