import { SERVICE_NAMES } from './faults/fault.js';
import { makePlan } from './plan.js';

const options = { seed: 7, durationMs: 180_000, withPolicies: true, withBroker: false };

describe('makePlan', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(makePlan(options)).toEqual(makePlan(options));
    expect(makePlan({ ...options, seed: 8 })).not.toEqual(makePlan(options));
  });

  it('is in order, within its time, and marks each piece of work with a name of its own', () => {
    const { work, faults } = makePlan(options);
    for (const list of [work, faults]) {
      const times = list.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.every((atMs) => atMs >= 0 && atMs < options.durationMs)).toBe(true);
    }
    expect(new Set(work.map(({ marker }) => marker)).size).toBe(work.length);
  });

  it('has every kind of work and of fault in three minutes, against every service', () => {
    const { work, faults } = makePlan(options);
    expect(new Set(work.map(({ kind }) => kind)).size).toBe(9);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(
      new Set(['kill', 'restart', 'freeze', 'cut connections', 'crash database']),
    );
    const hit = faults.flatMap((fault) => ('service' in fault ? [fault.service] : []));
    expect(new Set(hit)).toEqual(new Set(SERVICE_NAMES));
  });

  it('leaves PostgreSQL time between two crashes', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const crashes = makePlan({ ...options, seed }).faults.filter(({ kind }) => kind === 'crash database');
      const gaps = crashes.slice(1).map(({ atMs }, index) => atMs - (crashes[index]?.atMs ?? 0));
      expect(Math.min(...gaps, Infinity)).toBeGreaterThanOrEqual(20_000);
    }
  });

  it('leaves out what nobody enforces and the broker nobody runs', () => {
    const bare = makePlan({ ...options, withPolicies: false });
    expect(bare.work.filter(({ kind }) => kind.includes('limited'))).toEqual([]);
    expect(bare.faults).toEqual(makePlan(options).faults);
    const brokers = makePlan({ ...options, withBroker: true }).faults.filter(({ kind }) => kind === 'crash broker');
    expect(brokers.length).toBeGreaterThan(0);
  });
});
