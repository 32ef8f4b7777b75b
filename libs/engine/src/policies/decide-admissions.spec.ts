import fc from 'fast-check';
import { decideActivations, decideAdmissions, MAX_QUEUE_LENGTH } from './decide-admissions.js';
import { type PolicyLimits } from './execution-policy.js';
import { type GroupUsage, roomIn } from './group-usage.js';

const NOW = Date.UTC(2026, 10, 25, 12);
const EMPTY: GroupUsage = { active: 0, waiting: 0, starts: [], quotaStartMs: null, quotaUsed: 0 };

const limits = (more: Partial<PolicyLimits> = {}): PolicyLimits => ({
  threshold: 3,
  rate: null,
  quota: null,
  method: 'enqueue',
  ...more,
});
const usage = (more: Partial<GroupUsage>): GroupUsage => ({ ...EMPTY, ...more });
const admit = (policy: PolicyLimits, group: GroupUsage, arrivals: number, nowMs = NOW) =>
  decideAdmissions(policy, group, arrivals, nowMs);

describe('admission', () => {
  it('lets as many in as there are slots, the others wait in their order', () => {
    expect(admit(limits(), usage({ active: 1 }), 4)).toEqual({
      admissions: ['admitted', 'admitted', 'queued', 'queued'],
      usage: usage({ active: 3, waiting: 2 }),
      wakeAtMs: null,
    });
  });

  it('cancels instead when the policy says so', () => {
    const { admissions, usage: after } = admit(limits({ method: 'cancel' }), EMPTY, 5);
    expect(admissions).toEqual(['admitted', 'admitted', 'admitted', 'cancelled', 'cancelled']);
    expect(after).toEqual(usage({ active: 3 }));
  });

  it('lets nobody overtake those who wait', () => {
    expect(admit(limits(), usage({ active: 1, waiting: 1 }), 1).admissions).toEqual(['queued']);
    // They were let wait before the method was changed.
    expect(admit(limits({ method: 'cancel' }), usage({ waiting: 1 }), 1).admissions).toEqual(['cancelled']);
  });

  it('refuses what would make the queue too long', () => {
    const group = usage({ active: 3, waiting: MAX_QUEUE_LENGTH - 1 });
    expect(admit(limits(), group, 2).admissions).toEqual(['queued', 'full']);
  });

  it('admits nobody while more hold slots than a lowered threshold allows', () => {
    expect(admit(limits({ threshold: 1 }), usage({ active: 3 }), 1).admissions).toEqual(['queued']);
    expect(decideActivations(limits({ threshold: 1 }), usage({ active: 3, waiting: 2 }), NOW).count).toBe(0);
    expect(decideActivations(limits({ threshold: 9 }), usage({ active: 3, waiting: 2 }), NOW).count).toBe(2);
  });

  it('waits until the window of a rate has room', () => {
    const policy = limits({ threshold: 10, rate: { max: 2, windowMs: 10_000 } });
    const first = admit(policy, EMPTY, 3);
    expect(first.admissions).toEqual(['admitted', 'admitted', 'queued']);
    const wakeAt = first.wakeAtMs!;
    expect(wakeAt).toBeGreaterThanOrEqual(NOW + 10_000);
    expect(wakeAt).toBeLessThanOrEqual(NOW + 10_000 + 100);
    expect(decideActivations(policy, first.usage, wakeAt - 1).count).toBe(0);
    expect(decideActivations(policy, first.usage, wakeAt)).toMatchObject({ count: 1, wakeAtMs: null });
  });

  it('waits for the next period of a quota', () => {
    const policy = limits({ quota: { max: 2, period: 'hour' } });
    const late = NOW + 3_599_000;
    const first = admit(policy, EMPTY, 3, late);
    expect(first).toMatchObject({ admissions: ['admitted', 'admitted', 'queued'], wakeAtMs: NOW + 3_600_000 });
    expect(decideActivations(policy, first.usage, NOW + 3_600_000)).toMatchObject({
      count: 1,
      usage: { quotaStartMs: NOW + 3_600_000, quotaUsed: 1 },
    });
  });

  it('counts for the quota only the period it is in', () => {
    const policy = limits({ quota: { max: 1, period: 'day' }, method: 'cancel' });
    const first = admit(policy, EMPTY, 2);
    expect(first.admissions).toEqual(['admitted', 'cancelled']);
    expect(admit(policy, first.usage, 1, NOW + 11 * 3_600_000).admissions).toEqual(['cancelled']);
    expect(admit(policy, first.usage, 1, NOW + 12 * 3_600_000).admissions).toEqual(['admitted']);
  });

  it('wakes nobody by time while no slot is free: the end of an execution does', () => {
    const policy = limits({ threshold: 1, rate: { max: 1, windowMs: 1_000 } });
    expect(admit(policy, EMPTY, 2).wakeAtMs).toBeNull();
  });
});

const anyLimits = fc.record({
  threshold: fc.integer({ min: 1, max: 6 }),
  rate: fc.option(fc.record({ max: fc.integer({ min: 1, max: 5 }), windowMs: fc.constantFrom(1_000, 60_000) })),
  quota: fc.option(fc.record({ max: fc.integer({ min: 1, max: 9 }), period: fc.constantFrom('hour', 'day') })),
  method: fc.constantFrom('enqueue', 'cancel'),
}) as fc.Arbitrary<PolicyLimits>;

const anyStep = fc.record({
  pauseMs: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 4_000_000 })),
  arrivals: fc.integer({ min: 0, max: 5 }),
  endings: fc.integer({ min: 0, max: 4 }),
});

describe('whatever arrives and ends', () => {
  it('no limit is passed, everybody gets one answer, and who waits is woken', () => {
    fc.assert(
      fc.property(anyLimits, fc.array(anyStep, { maxLength: 40 }), (policy, steps) => {
        let group = EMPTY;
        let nowMs = NOW;
        const started: number[] = [];
        for (const { pauseMs, arrivals, endings } of steps) {
          nowMs += pauseMs;
          group = { ...group, active: Math.max(0, group.active - endings) };
          const released = decideActivations(policy, group, nowMs);
          const arrived = decideAdmissions(policy, released.usage, arrivals, nowMs);
          const admitted = arrived.admissions.filter((admission) => admission === 'admitted').length;
          for (let n = 0; n < released.count + admitted; n++) started.push(nowMs);
          expect(arrived.admissions).toHaveLength(arrivals);
          if (released.usage.waiting > 0) expect(admitted).toBe(0);
          if (policy.method === 'cancel') expect(arrived.usage.waiting).toBe(0);
          expect(arrived.usage.active).toBe(group.active + released.count + admitted);
          expect(arrived.usage.active).toBeLessThanOrEqual(policy.threshold);
          if (arrived.usage.waiting > 0 && arrived.usage.active < policy.threshold) {
            expect(arrived.wakeAtMs).toBeGreaterThan(nowMs);
            expect(roomIn(policy, arrived.usage, arrived.wakeAtMs!).room).toBeGreaterThan(0);
          }
          group = arrived.usage;
        }
        for (const [index, at] of started.entries()) {
          const { rate, quota } = policy;
          if (rate) expect(started[index + rate.max] ?? Infinity).toBeGreaterThanOrEqual(at + rate.windowMs);
          const length = quota?.period === 'hour' ? 3_600_000 : 86_400_000;
          const inPeriod = started.filter((other) => Math.floor(other / length) === Math.floor(at / length));
          if (quota) expect(inPeriod.length).toBeLessThanOrEqual(quota.max);
        }
        expect(group.starts.length).toBeLessThanOrEqual(102);
      }),
    );
  });
});
