import { type Random } from '../random.js';
import { type Fault, SERVICE_NAMES } from './fault.js';

export interface FaultPlanOptions {
  readonly durationMs: number;
  readonly withBroker: boolean;
}

const MEAN_GAP_MS = 4_000;

/** Work is under way before the first blow. */
const FIRST_MS = 2_000;

/** PostgreSQL gets time to recover and to do something before it is killed again. */
const BETWEEN_CRASHES_MS = 20_000;

const WEIGHTS: Readonly<Record<Fault['kind'], number>> = {
  kill: 40,
  restart: 16,
  freeze: 18,
  'cut connections': 14,
  'crash database': 12,
  'crash broker': 12,
};

export function planFaults(random: Random, { durationMs, withBroker }: FaultPlanOptions): Fault[] {
  const faults: Fault[] = [];
  let quietUntilMs = 0;
  for (
    let atMs = FIRST_MS + random.waitMs(MEAN_GAP_MS / 2);
    atMs < durationMs;
    atMs += Math.max(200, random.waitMs(MEAN_GAP_MS))
  ) {
    const isQuiet = atMs < quietUntilMs;
    const kind = random.weighted({
      ...WEIGHTS,
      ...(isQuiet ? { 'crash database': 0, 'crash broker': 0 } : {}),
      ...(withBroker ? {} : { 'crash broker': 0 }),
    });
    if (kind === 'crash database' || kind === 'crash broker') quietUntilMs = atMs + BETWEEN_CRASHES_MS;
    faults.push(faultOf(random, atMs, kind));
  }
  return faults;
}

function faultOf(random: Random, atMs: number, kind: Fault['kind']): Fault {
  switch (kind) {
    case 'kill':
    case 'restart':
      // Often at once, as a supervisor does it; sometimes longer than a heartbeat may be late.
      return { kind, atMs, service: random.pick(SERVICE_NAMES), pauseMs: random.pick([0, 300, 1_500, 4_000, 9_000]) };
    case 'freeze':
      return { kind, atMs, service: random.pick(SERVICE_NAMES), forMs: random.pick([1_000, 3_000, 8_000, 12_000]) };
    case 'cut connections':
      return { kind, atMs, share: random.pick([0.1, 0.3, 1]), salt: random.between(0, 1_000_000) };
    case 'crash database':
    case 'crash broker':
      return { kind, atMs, pauseMs: random.pick([0, 500, 3_000]) };
  }
}
