import { WorkRate } from './work-rate.js';

describe('WorkRate', () => {
  function ending(rate: WorkRate, count: number): void {
    for (let end = 0; end < count; end += 1) rate.count();
  }

  it('is four a slot on a worker that ends little', () => {
    const rate = new WorkRate(10, 0);
    ending(rate, 20);
    expect(rate.isWorthTelling(1_000)).toBe(false);
    expect(rate.tell()).toBe(40);
  });

  it('is what is ended in a second, and tells of large changes only', () => {
    const rate = new WorkRate(10, 0);
    ending(rate, 1_000);
    expect(rate.isWorthTelling(400)).toBe(false);
    expect(rate.isWorthTelling(500)).toBe(true);
    expect(rate.tell()).toBe(2_000);
    ending(rate, 1_200);
    expect(rate.isWorthTelling(1_000)).toBe(false);
    ending(rate, 100);
    expect(rate.isWorthTelling(1_500)).toBe(true);
    expect(rate.tell()).toBe(200);
    expect(rate.isWorthTelling(2_000)).toBe(true);
    expect(rate.tell()).toBe(40);
  });
});
