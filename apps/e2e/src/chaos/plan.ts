import { type Fault } from './faults/fault.js';
import { planFaults } from './faults/plan-faults.js';
import { Random } from './random.js';
import { planWork } from './work/plan-work.js';
import { type WorkItem } from './work/work-item.js';

export interface PlanOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Work that policies limit; off as long as nobody enforces them. */
  readonly withPolicies: boolean;
  /** A broker to kill besides PostgreSQL. */
  readonly withBroker: boolean;
}

/** Everything the harness is going to do, by time. */
export interface Plan {
  readonly work: readonly WorkItem[];
  readonly faults: readonly Fault[];
}

/**
 * What a seed means. Pure: the same options give the same plan. Work and faults draw from generators of their own, so that a
 * new kind of fault leaves the work of a known seed as it was.
 */
export function makePlan({ seed, durationMs, withPolicies, withBroker }: PlanOptions): Plan {
  return {
    work: planWork(new Random(seed), { durationMs, withPolicies, prefix: `seed-${seed}` }),
    faults: planFaults(new Random(seed ^ 0x5f356495), { durationMs, withBroker }),
  };
}
