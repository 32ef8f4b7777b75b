import { type DayCount, isFar, placeOfPage } from './count-by-day.js';

const DAY_MS = 86_400_000;
const day = (n: number): number => n * DAY_MS;

/** Newest first: 3 rows on day 9, none on day 8, 5 on day 7, 2 on day 5. */
const DAYS: readonly DayCount[] = [
  { startMs: day(9), count: 3 },
  { startMs: day(7), count: 5 },
  { startMs: day(5), count: 2 },
];
const WHOLE = { fromMs: day(5) + 1_000, toMs: day(9) + 2_000 };

describe('the place of a page', () => {
  it.each([
    ['within the newest day', 0, 2, day(9), day(9) + 2_000, 0],
    ['at the end of a day', 1, 2, day(9), day(9) + 2_000, 1],
    ['over two days', 2, 3, day(7), day(9) + 2_000, 2],
    ['from the start of a day', 3, 5, day(7), day(8), 0],
    ['within a day', 5, 2, day(7), day(8), 2],
    ['over the end of the rows', 7, 10, day(5) + 1_000, day(8), 4],
    ['of the last row', 9, 1, day(5) + 1_000, day(6), 1],
    ['of everything', 0, 100, day(5) + 1_000, day(9) + 2_000, 0],
  ])('%s', (_, offset, limit, fromMs, toMs, within) => {
    expect(placeOfPage(DAYS, WHOLE, { offset, limit })).toEqual({ window: { fromMs, toMs }, offset: within });
  });

  it('is nowhere behind the last row, or without rows', () => {
    expect(placeOfPage(DAYS, WHOLE, { offset: 10, limit: 5 })).toBeNull();
    expect(placeOfPage([], WHOLE, { offset: 0, limit: 5 })).toBeNull();
  });

  it('is looked for from page twenty thousand and one of single rows on', () => {
    expect([19_999, 20_000].map((offset) => isFar({ limit: 1, offset }))).toEqual([false, true]);
  });
});
