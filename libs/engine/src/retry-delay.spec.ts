import { decideRetryDelay } from './retry-delay.js';

describe('decideRetryDelay', () => {
  it('doubles from one second to one minute and gives up after ten tries', () => {
    const delays = Array.from({ length: 11 }, (_, index) => decideRetryDelay(index + 1));
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000, null, null]);
  });
});
