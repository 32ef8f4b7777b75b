import { SlotBudget } from './slot-budget.js';

describe('SlotBudget', () => {
  const call = (actionRef: string) => ({ actionRef, kind: 'function' as const, nowMs: 0 });
  const process = (actionRef: string) => ({ actionRef, kind: 'process' as const, nowMs: 0 });

  function ran(budget: SlotBudget, ref: string, ms: number, times = 1, as: typeof call | typeof process = call): void {
    for (let run = 0; run < times; run += 1) {
      budget.begin(1_000 + run, as(ref));
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
    budget.begin(1, process('demo.instant'));
    expect(budget.free(0)).toBe(1);
    expect(budget.weights().size).toBe(0);
    budget.end(1, null);
    expect(budget.free(0)).toBe(2);
  });

  it('has short processes wait beside those that run, as many as are done in a moment', () => {
    const budget = new SlotBudget(2);
    ran(budget, 'demo.quick', 10, 1, process);
    ran(budget, 'demo.slow', 150, 1, process);
    ran(budget, 'demo.long', 4_000, 1, process);
    expect(Object.fromEntries(budget.weights())).toEqual({ 'demo.quick': 1 / 6, 'demo.slow': 3 / 4 });
    for (let id = 1; id <= 12; id += 1) budget.begin(id, process('demo.quick'));
    expect(budget.free(0)).toBeCloseTo(0);
    expect(budget.shortProcesses).toBe(12);
    budget.end(1, 10);
    expect(budget.shortProcesses).toBe(11);
  });

  it('lets a process grow when it runs, not while it waits', () => {
    const budget = new SlotBudget(2);
    ran(budget, 'demo.quick', 10, 1, process);
    for (let id = 1; id <= 6; id += 1) budget.begin(id, process('demo.quick'));
    expect(budget.free(60_000)).toBeCloseTo(1);
    budget.run(1, 60_000);
    expect(budget.free(60_050)).toBeCloseTo(1 - 1 / 2 + 1 / 6);
    expect(budget.free(90_000)).toBeCloseTo(1 / 6);
  });

  it('finds claiming worth while before a slot has nothing to run', () => {
    const budget = new SlotBudget(10);
    ran(budget, 'demo.slow', 150, 1, process);
    for (let id = 1; id <= 13; id += 1) budget.begin(id, process('demo.slow'));
    for (let id = 1; id <= 10; id += 1) budget.run(id, 0);
    expect(budget.isWorthClaiming(0)).toBe(false);
    for (const id of [1, 2]) budget.end(id, 150);
    expect(budget.isWorthClaiming(0)).toBe(false);
    budget.end(3, 150);
    expect(budget.isWorthClaiming(0)).toBe(true);
  });

  it('finds claiming worth while when half of what short ones may share is free, and whenever else a slot is', () => {
    const budget = new SlotBudget(2);
    expect(budget.isWorthClaiming(0)).toBe(true);
    ran(budget, 'demo.quick', 10, 1, process);
    for (let id = 1; id <= 12; id += 1) budget.begin(id, process('demo.quick'));
    for (let id = 1; id <= 5; id += 1) budget.end(id, 10);
    expect(budget.isWorthClaiming(0)).toBe(false);
    budget.end(6, 10);
    expect(budget.isWorthClaiming(0)).toBe(true);
    // One of them turns out long: the others have one slot to share.
    budget.run(7, 0);
    expect(budget.isWorthClaiming(60_000)).toBe(false);
    for (const id of [8, 9]) budget.end(id, 10);
    expect(budget.isWorthClaiming(60_000)).toBe(true);
    budget.begin(13, process('demo.unknown'));
    for (const id of [10, 11, 12]) budget.end(id, 10);
    expect(budget.free(60_000)).toBe(0);
    expect(budget.isWorthClaiming(60_000)).toBe(false);
    budget.end(7, 60_000);
    expect(budget.isWorthClaiming(60_000)).toBe(true);
  });
});
