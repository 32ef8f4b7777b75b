import { ProcessGate } from './process-gate.js';

describe('ProcessGate', () => {
  const never = new AbortController().signal;
  let begun: string[];
  let ends: Map<string, () => void>;

  beforeEach(() => {
    begun = [];
    ends = new Map();
  });

  function enter(gate: ProcessGate, name: string, stop = never): Promise<string> {
    return gate.run(() => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    }, stop);
  }

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('lets so many run as there are slots, the others in the order they came', async () => {
    const gate = new ProcessGate(2);
    for (const name of ['a', 'b', 'c', 'd']) void enter(gate, name);
    await turn();
    expect(begun).toEqual(['a', 'b']);
    ends.get('b')?.();
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    ends.get('a')?.();
    ends.get('c')?.();
    await turn();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    void enter(gate, 'e');
    await turn();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('gives the slot back when a task fails', async () => {
    const gate = new ProcessGate(1);
    await expect(gate.run(() => Promise.reject(new Error('broken')), never)).rejects.toThrow('broken');
    void enter(gate, 'a');
    await turn();
    expect(begun).toEqual(['a']);
  });

  it('holds nobody whose run is stopped, and keeps the slots of the others', async () => {
    const gate = new ProcessGate(1);
    const stops = [new AbortController(), new AbortController()] as const;
    void enter(gate, 'a');
    void enter(gate, 'b', stops[0].signal);
    void enter(gate, 'c');
    stops[0].abort();
    await turn();
    expect(begun).toEqual(['a', 'b']);
    ends.get('b')?.();
    await turn();
    expect(begun).toEqual(['a', 'b']);
    ends.get('a')?.();
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    stops[1].abort();
    void enter(gate, 'd', stops[1].signal);
    await turn();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });
});
