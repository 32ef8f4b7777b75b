import { Random } from './random.js';

describe('Random', () => {
  it('gives the same numbers for the same seed', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 100 }, () => random.next());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(3).every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it('reaches both ends of a range, evenly', () => {
    const random = new Random(4);
    const counts = [0, 0, 0];
    for (let n = 0; n < 3_000; n += 1) counts[random.between(0, 2)]! += 1;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(100);
  });

  it('takes keys by their weight, and never one without', () => {
    const random = new Random(5);
    const counts = { often: 0, seldom: 0, never: 0 };
    for (let n = 0; n < 3_000; n += 1) counts[random.weighted({ never: 0, often: 9, seldom: 1 })] += 1;
    expect(counts.never).toBe(0);
    expect(counts.seldom).toBeGreaterThan(200);
    expect(counts.seldom).toBeLessThan(400);
  });

  it('waits as long as the mean says, on average', () => {
    const random = new Random(6);
    const sum = Array.from({ length: 3_000 }, () => random.waitMs(100)).reduce((total, ms) => total + ms, 0);
    expect(Math.abs(sum / 3_000 - 100)).toBeLessThan(10);
  });
});
