import { SlotBudget } from './slot-budget.js';

describe('SlotBudget', () => {
  const call = (actionRef: string) => ({ actionRef, canBeShort: true, nowMs: 0 });

  function ran(budget: SlotBudget, ref: string, ms: number, times = 1): void {
    for (let run = 0; run < times; run += 1) {
      budget.begin(1_000 + run, call(ref));
      budget.end(1_000 + run, ms);
    }
  }

  it('gives every execution a slot of its own as long as nothing is known of its action', () => {
    const budget = new SlotBudget(3);
    budget.begin(1, call('demo.a'));
    budget.begin(2, call('demo.a'));
    expect(budget.free(0)).toBe(1);
    budget.end(1, null);
    expect(budget.free(0)).toBe(2);
    expect(budget.weights().size).toBe(0);
  });

  it('lets short actions share a slot, fifty at most', () => {
    const budget = new SlotBudget(2);
    ran(budget, 'demo.instant', 0);
    ran(budget, 'demo.short', 5);
    ran(budget, 'demo.long', 4_000);
    expect(Object.fromEntries(budget.weights())).toEqual({
      'demo.instant': 1 / 50,
      'demo.short': 1 / 10,
    });
    for (let id = 1; id <= 50; id += 1) budget.begin(id, call('demo.instant'));
    expect(budget.free(0)).toBeCloseTo(1);
  });

  it('takes back what it lent to an action that turns out long', () => {
    const budget = new SlotBudget(2);
    ran(budget, 'demo.instant', 0);
    for (let id = 1; id <= 10; id += 1) budget.begin(id, call('demo.instant'));
    expect(budget.free(0)).toBeCloseTo(1.8);
    expect(budget.free(25)).toBeCloseTo(-3);
    expect(budget.free(60_000)).toBeCloseTo(-8);
    for (let id = 1; id <= 10; id += 1) budget.end(id, 60_000);
    expect(budget.free(60_000)).toBe(2);
    expect(budget.weights().has('demo.instant')).toBe(false);
  });

  it('learns from the last runs', () => {
    const budget = new SlotBudget(1);
    ran(budget, 'demo.varying', 1_000, 3);
    expect(budget.weights().has('demo.varying')).toBe(false);
    ran(budget, 'demo.varying', 1, 100);
    expect(budget.weights().get('demo.varying')).toBeLessThan(0.05);
  });

  it('takes an action for short no longer when it has become a process', () => {
    const budget = new SlotBudget(2);
    ran(budget, 'demo.instant', 0);
    budget.begin(1, { ...call('demo.instant'), canBeShort: false });
    expect(budget.free(0)).toBe(1);
    expect(budget.weights().size).toBe(0);
    budget.end(1, null);
    expect(budget.free(0)).toBe(2);
  });
});
