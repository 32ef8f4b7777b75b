import { eventually } from './eventually.js';

describe('eventually', () => {
  it('gives the result of the first attempt that does not throw', async () => {
    let attempts = 0;
    const result = await eventually(() => {
      attempts += 1;
      if (attempts < 3) throw new Error('not yet');
      return Promise.resolve(attempts);
    });
    expect(result).toBe(3);
  });

  it('throws the last failure when time is up', async () => {
    let attempts = 0;
    const failing = eventually(() => {
      attempts += 1;
      throw new Error(`attempt ${attempts}`);
    }, 50);
    await expect(failing).rejects.toThrow(/attempt \d+/);
    expect(attempts).toBeGreaterThan(1);
  });
});
