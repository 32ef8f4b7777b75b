import { countFailure, restartDelayMs } from './restart-delay.js';

describe('restartDelayMs', () => {
  it('doubles up to half a minute', () => {
    expect([1, 2, 3, 5, 6, 60].map((failures) => restartDelayMs(failures))).toEqual([
      1_000, 2_000, 4_000, 16_000, 30_000, 30_000,
    ]);
  });
});

describe('countFailure', () => {
  it('starts over after a long life', () => {
    expect(countFailure(3, 1_000)).toBe(4);
    expect(countFailure(3, 60_000)).toBe(1);
  });
});
