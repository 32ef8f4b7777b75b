import { CallBatcher } from './call-batcher.js';

describe('CallBatcher', () => {
  /** Calls that end when the spec says so. */
  function controlled(maxItems = 10) {
    const calls: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = [];
    const batcher = new CallBatcher<number, string>({
      maxItems,
      isAboutItem: (error) => (error as Error).message === 'bad item',
      run: (items) =>
        new Promise((resolve, reject) => {
          calls.push({ items, end: () => resolve(items.map((item) => `done ${item}`)), fail: reject });
        }),
    });
    return { batcher, calls };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('sends a lone item at once and gathers those that come meanwhile', async () => {
    const { batcher, calls } = controlled(2);
    const results = [1, 2, 3, 4].map((item) => batcher.add(item));
    expect(calls.map(({ items }) => items)).toEqual([[1]]);
    calls[0]?.end();
    await turn();
    expect(calls[1]?.items).toEqual([2, 3]);
    calls[1]?.end();
    await turn();
    calls[2]?.end();
    expect(await Promise.all(results)).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
    expect(calls).toHaveLength(3);
  });

  it('tries each item alone when one of them may be at fault', async () => {
    const { batcher, calls } = controlled();
    const results = Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    calls[0]?.end();
    await turn();
    calls[1]?.fail(new Error('bad item'));
    await turn();
    calls[2]?.fail(new Error('bad item'));
    await turn();
    calls[3]?.end();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails all of a call that failed for another reason, and goes on', async () => {
    const { batcher, calls } = controlled();
    const results = Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    calls[0]?.end();
    await turn();
    calls[1]?.fail(new Error('no database'));
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    const later = batcher.add(4);
    calls[2]?.end();
    expect(await later).toBe('done 4');
  });

  it('does not leave an item without an answer when a call gives too few', async () => {
    const batcher = new CallBatcher<number, number>({ maxItems: 10, run: () => Promise.resolve([]) });
    await expect(batcher.add(1)).rejects.toThrow('a call for 1 items gave 0 results');
  });
});
