import fc from 'fast-check';
import { type Json } from '../json.js';
import { chooseWorker, type PlacementRequirements, type PlacementWorker, readRuntimes } from './placement.js';
import { NO_PLACEMENT_RULES, readPlacementRules, readTaints } from './placement-rules.js';

const NOW = 1_000_000_000;
const clock = { nowMs: NOW, heartbeatTimeoutMs: 90_000, lastChosenId: null };

const worker = (id: number, change: Partial<PlacementWorker> = {}): PlacementWorker => ({
  id,
  name: `w${id}`,
  role: 'action',
  status: 'active',
  cordoned: false,
  lastHeartbeatMs: NOW - 1_000,
  runtimes: { shell: [], python: ['3.11.4', '3.12.1'], nodejs: ['20.5.0'] },
  labels: { zone: 'a' },
  taints: [],
  capacity: 10,
  assigned: 0,
  ...change,
});

const needs = (change: Partial<PlacementRequirements> = {}): PlacementRequirements => ({
  runtime: 'core.shell',
  runtimeVersionConstraint: null,
  requiredWorkerRuntimes: {},
  rules: NO_PLACEMENT_RULES,
  ...change,
});

const rules = (selector: Json, tolerations: Json = [], affinity: Json = {}) =>
  needs({ rules: readPlacementRules(selector, tolerations, affinity) });

const choice = (requirements: PlacementRequirements, workers: PlacementWorker[]): number | string => {
  const decision = chooseWorker(requirements, workers, clock);
  return decision.type === 'chosen' ? decision.workerId : decision.type;
};

describe('which workers are candidates', () => {
  it.each<[string, Partial<PlacementWorker>, number | string]>([
    ['a live one', {}, 1],
    ['one at the edge of its heartbeat', { lastHeartbeatMs: NOW - 90_000 }, 1],
    ['a silent one', { lastHeartbeatMs: NOW - 90_001 }, 'wait'],
    ['one never heard of', { lastHeartbeatMs: null }, 'wait'],
    ['a cordoned one', { cordoned: true }, 'wait'],
    ['an inactive one', { status: 'inactive' }, 'wait'],
    ['a full one', { assigned: 10 }, 'wait'],
    ['one without limit', { capacity: null, assigned: 1_000 }, 1],
    ['a sensor host', { role: 'sensor' }, 'wait'],
    ['one without the runtime', { runtimes: { python: [] } }, 'impossible'],
    ['a silent one without the runtime, when none is alive', { runtimes: {}, lastHeartbeatMs: 0 }, 'wait'],
  ])('%s', (_name, change, expected) => {
    expect(choice(needs(), [worker(1, change)])).toBe(expected);
  });

  it('waits while nobody has registered', () => {
    expect(chooseWorker(needs(), [], clock)).toEqual({ type: 'wait', reason: 'no worker is alive', fullWorkerIds: [] });
  });

  it('waits for the one that fits though others are free', () => {
    const decision = chooseWorker(
      needs({ runtime: 'ruby' }),
      [worker(1), worker(2, { runtimes: { ruby: [] }, cordoned: true })],
      clock,
    );
    expect(decision).toEqual({ type: 'wait', reason: 'every fitting worker is cordoned', fullWorkerIds: [] });
  });

  it('names the full workers whose room ends the wait', () => {
    const workers = [worker(1, { assigned: 10 }), worker(2, { cordoned: true }), worker(3, { runtimes: {} })];
    expect(chooseWorker(needs(), workers, clock)).toEqual({
      type: 'wait',
      reason: 'every fitting worker is cordoned or full',
      fullWorkerIds: [1],
    });
  });

  it('says why no worker will ever do', () => {
    const decision = chooseWorker(
      needs({ runtime: 'core.ruby', runtimeVersionConstraint: '>=3' }),
      [worker(1), worker(2)],
      clock,
    );
    expect(decision).toEqual({
      type: 'impossible',
      reason: "No worker can run it: it lacks runtime 'core.ruby' in version >=3",
    });
  });
});

describe('runtimes', () => {
  it.each<[Partial<PlacementRequirements>, number | string]>([
    [{ runtime: 'python3' }, 1],
    [{ runtime: 'core.python', runtimeVersionConstraint: '>=3.12' }, 1],
    [{ runtime: 'python', runtimeVersionConstraint: '3.13' }, 'impossible'],
    [{ runtime: 'node.js', runtimeVersionConstraint: '^20' }, 1],
    [{ runtime: 'shell', runtimeVersionConstraint: '>=5' }, 'impossible'],
    [{ runtime: 'bash', runtimeVersionConstraint: '*' }, 1],
    [{ runtime: 'native' }, 1],
    [{ runtime: 'core.native' }, 1],
    [{ runtime: null }, 1],
    [{ requiredWorkerRuntimes: { nodejs: '*', python: '~3.11' } }, 1],
    [{ requiredWorkerRuntimes: { nodejs: '>=22' } }, 'impossible'],
    [{ requiredWorkerRuntimes: { r: '*' } }, 'impossible'],
    [{ requiredWorkerRuntimes: { standalone: '*' } }, 1],
  ])('%j', (change, expected) => {
    expect(choice(needs(change), [worker(1)])).toBe(expected);
  });

  it('are read as reported', () => {
    expect(readRuntimes({ shell: [], python: ['3.12', 5] })).toEqual({ shell: [], python: ['3.12'] });
    expect(readRuntimes(null)).toEqual({});
  });
});

describe('selectors, taints and affinity', () => {
  const tainted = worker(1, { taints: readTaints([{ key: 'gpu', value: 'yes' }]) });
  const term = (labels: Json, expressions: Json = []): Json => ({
    match_labels: labels,
    match_expressions: expressions,
  });
  const expression = (operator: string, values: string[] = [], key = 'zone'): Json =>
    rulesOf({ required: [term({}, [{ key, operator, values }])] });
  const rulesOf = (affinity: Json): Json => affinity;

  it.each<[string, PlacementRequirements, PlacementWorker, number | string]>([
    ['an equal label', rules({ zone: 'a' }), worker(1), 1],
    ['another label', rules({ zone: 'b' }), worker(1), 'impossible'],
    ['a missing label', rules({ disk: 'ssd' }), worker(1), 'impossible'],
    ['a taint', needs(), tainted, 'impossible'],
    ['a tolerated taint', rules({}, [{ key: 'gpu', value: 'yes' }]), tainted, 1],
    ['a toleration of another value', rules({}, [{ key: 'gpu', value: 'no' }]), tainted, 'impossible'],
    ['a toleration of any value', rules({}, [{ key: 'gpu', operator: 'exists' }]), tainted, 1],
    [
      'a toleration of the other effect',
      rules({}, [{ key: 'gpu', operator: 'exists', effect: 'prefer_no_schedule' }]),
      tainted,
      'impossible',
    ],
    ['a required term', rules({}, [], { required: [term({ zone: 'z' }), term({ zone: 'a' })] }), worker(1), 1],
    ['no required term', rules({}, [], { required: [term({ zone: 'z' })] }), worker(1), 'impossible'],
    ['anti-affinity', rules({}, [], { anti_affinity: [term({ zone: 'a' })] }), worker(1), 'impossible'],
    ['in', rules({}, [], expression('in', ['a', 'b'])), worker(1), 1],
    ['not_in', rules({}, [], expression('not_in', ['a'])), worker(1), 'impossible'],
    ['not_in without the label', rules({}, [], expression('not_in', ['a'], 'disk')), worker(1), 1],
    ['exists', rules({}, [], expression('exists')), worker(1), 1],
    ['does_not_exist', rules({}, [], expression('does_not_exist')), worker(1), 'impossible'],
    ['an unknown operator', rules({}, [], expression('near')), worker(1), 'impossible'],
  ])('%s', (_name, requirements, only, expected) => {
    expect(choice(requirements, [only])).toBe(expected);
  });
});

describe('which candidate is chosen', () => {
  it('prefers the highest preference, whatever the load', () => {
    const preferring = rules({}, [], {
      preferred: [
        { preference: { match_labels: { zone: 'b' } } },
        { weight: 50, preference: { match_labels: { zone: 'c' } } },
      ],
    });
    const workers = [
      worker(1),
      worker(2, { labels: { zone: 'b' } }),
      worker(3, { labels: { zone: 'c' }, assigned: 9 }),
    ];
    expect(choice(preferring, workers)).toBe(3);
  });

  it('adds up preferences, each between 1 and 100, and takes a point off for each soft taint', () => {
    const preferring = (a: Json, b: Json) =>
      rules({}, [], {
        preferred: [
          { weight: a, preference: { match_labels: { zone: 'a' } } },
          { weight: b, preference: { match_labels: { zone: 'b' } } },
        ],
      });
    const soft = readTaints([{ key: 'slow', effect: 'prefer_no_schedule' }]);
    const workers = [
      worker(1, { labels: { zone: 'a' }, taints: soft }),
      worker(2, { labels: { zone: 'b' }, assigned: 5 }),
    ];
    expect(choice(preferring(7, 5), workers)).toBe(1);
    expect(choice(preferring(6, 5), [{ ...workers[0]!, assigned: 6 }, workers[1]!])).toBe(2);
    expect(choice(preferring(5, 5), workers)).toBe(2);
    expect(choice(preferring(1_000, 100), workers)).toBe(2);
    expect(choice(preferring('much', 0), workers)).toBe(2);
  });

  it('counts untolerated soft taints against a worker', () => {
    const soft = worker(1, { taints: readTaints([{ key: 'slow', effect: 'prefer_no_schedule' }]) });
    expect(choice(needs(), [soft, worker(2, { assigned: 5 })])).toBe(2);
    expect(choice(rules({}, [{ key: 'slow', operator: 'exists' }]), [soft, worker(2, { assigned: 5 })])).toBe(1);
    expect(choice(needs(), [soft])).toBe(1);
  });

  it('then the fewest executions, then the next in turn', () => {
    expect(choice(needs(), [worker(1, { assigned: 2 }), worker(2, { assigned: 1 })])).toBe(2);
    const turn = (lastChosenId: number | null) =>
      chooseWorker(needs(), [worker(1), worker(2), worker(3)], { ...clock, lastChosenId });
    expect([null, 1, 2, 3].map((last) => turn(last))).toEqual(
      [1, 2, 3, 1].map((workerId) => ({ type: 'chosen', workerId })),
    );
  });

  it('never chooses beyond capacity and spreads evenly', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }), (capacities) => {
        const workers = capacities.map((capacity, index) => ({ ...worker(index + 1), capacity, assigned: 0 }));
        const total = capacities.reduce((sum, capacity) => sum + capacity, 0);
        let lastChosenId: number | null = null;
        for (let placed = 0; placed < total; placed++) {
          const decision = chooseWorker(needs(), workers, { ...clock, lastChosenId });
          expect(decision.type).toBe('chosen');
          lastChosenId = decision.type === 'chosen' ? decision.workerId : null;
          const chosen = workers.find(({ id }) => id === lastChosenId)!;
          chosen.assigned++;
          expect(chosen.assigned).toBeLessThanOrEqual(chosen.capacity);
        }
        expect(chooseWorker(needs(), workers, clock).type).toBe('wait');
      }),
    );
  });
});
