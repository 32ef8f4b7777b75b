import { type Random } from '../random.js';
import { type ExecutionWork, type WebhookWork, type WorkItem, type WorkKind } from './work-item.js';

export interface WorkPlanOptions {
  readonly durationMs: number;
  readonly withPolicies: boolean;
  /** Of the markers. */
  readonly prefix: string;
}

/** Between two pieces of work on average: two cores have to get through it while everything is killed around them. */
const MEAN_GAP_MS = 330;

const WEIGHTS: Readonly<Record<WorkKind, number>> = {
  'quick webhook': 34,
  'failing webhook': 8,
  'slow webhook': 10,
  'filtered webhook': 12,
  'limited webhook': 8,
  execution: 10,
  'execution past its timeout': 4,
  'cancelled execution': 14,
  'cancelled limited execution': 5,
};

/** The shortest moments matter most: before it is placed, while it waits, as it starts. */
const CANCEL_AFTER_MS = [0, 0, 20, 60, 150, 400, 1_000, 2_500] as const;

export function planWork(random: Random, { durationMs, withPolicies, prefix }: WorkPlanOptions): WorkItem[] {
  const weights = withPolicies ? WEIGHTS : { ...WEIGHTS, 'limited webhook': 0, 'cancelled limited execution': 0 };
  const work: WorkItem[] = [];
  for (let atMs = random.waitMs(MEAN_GAP_MS); atMs < durationMs; atMs += random.waitMs(MEAN_GAP_MS)) {
    const kind = random.weighted(weights);
    work.push(workOf(random, { atMs, kind, marker: `${prefix}-${work.length + 1}`, api: random.between(0, 1) }));
  }
  return work;
}

type Basis = Pick<WorkItem, 'atMs' | 'kind' | 'marker' | 'api'>;

function workOf(random: Random, basis: Basis): WorkItem {
  const seconds = () => random.between(1, 5);
  switch (basis.kind) {
    case 'quick webhook':
      return webhook(basis, 'quick', {});
    case 'failing webhook':
      return webhook(basis, 'failing', {});
    case 'slow webhook':
      return webhook(basis, 'slow', { seconds: seconds() });
    case 'filtered webhook':
      return webhook(basis, 'filtered', { wanted: random.chance(0.5) });
    case 'limited webhook':
      return webhook(basis, 'limited', { seconds: random.between(0, 2), group: random.pick(['a', 'b', 'c']) });
    case 'execution':
      return execution(basis, random.pick(['chaos.note', 'core.noop', 'core.echo']), {}, null);
    case 'execution past its timeout':
      return execution(basis, 'chaos.hang', {}, null);
    case 'cancelled execution':
      return execution(basis, random.pick(['chaos.doze', 'core.sleep']), { seconds: seconds() }, cancelAfter(random));
    case 'cancelled limited execution':
      return execution(basis, 'chaos.limited', { seconds: random.between(1, 2) }, cancelAfter(random));
  }
}

const cancelAfter = (random: Random): number => random.pick(CANCEL_AFTER_MS);

const webhook = (basis: Basis, trigger: string, payload: WebhookWork['payload']): WebhookWork => ({
  ...basis,
  type: 'webhook',
  trigger,
  payload: { ...payload, marker: basis.marker },
});

const execution = (
  basis: Basis,
  action: string,
  parameters: ExecutionWork['parameters'],
  cancelAfterMs: number | null,
): ExecutionWork => ({
  ...basis,
  type: 'execution',
  action,
  parameters: { ...parameters, marker: basis.marker },
  cancelAfterMs,
});
