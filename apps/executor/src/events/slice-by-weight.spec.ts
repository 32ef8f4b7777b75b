import { sliceByWeight } from './slice-by-weight.js';

describe('sliceByWeight', () => {
  const slices = (weights: number[]) => sliceByWeight(weights, (weight) => weight, 10);

  it('keeps the order, fills slices up to the limit and leaves a heavy item alone', () => {
    expect(slices([4, 6, 1, 20, 3, 7])).toEqual([[4, 6], [1], [20], [3, 7]]);
    expect(slices([0, 0, 10])).toEqual([[0, 0, 10]]);
    expect(slices([])).toEqual([]);
  });
});
