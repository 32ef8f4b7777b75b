import { isJsonArray, isJsonObject, type Json } from '../json.js';
import {
  isTolerated,
  matchesLabels,
  matchesTerm,
  type LabelMap,
  type PlacementRules,
  type Taint,
} from './placement-rules.js';
import { canonicalRuntime, isAnyVersion, satisfiesVersion } from './runtime-version.js';

/** What a worker must offer for one execution. */
export interface PlacementRequirements {
  /** Name or ref; null = none in particular, as for `native`. */
  readonly runtime: string | null;
  readonly runtimeVersionConstraint: string | null;
  /** Further runtimes by name, with a constraint; `*` = any version. */
  readonly requiredWorkerRuntimes: Readonly<Record<string, string>>;
  readonly rules: PlacementRules;
}

/** A worker as placement sees it. */
export interface PlacementWorker {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly status: string;
  readonly cordoned: boolean;
  /** Milliseconds since 1970; null = never heard of. */
  readonly lastHeartbeatMs: number | null;
  /** Versions by runtime name; an empty list = some version nobody asked for. */
  readonly runtimes: Readonly<Record<string, readonly string[]>>;
  readonly labels: LabelMap;
  readonly taints: readonly Taint[];
  /** Executions it may hold, running and waiting at it together; null = no limit. */
  readonly capacity: number | null;
  /** Executions it holds now. */
  readonly assigned: number;
}

/**
 * `wait`: some worker fits but is cordoned, silent or full (those are named: room there ends the wait), or none is alive at all yet.
 * `impossible`: live workers exist, and no worker, live or not, could ever run it.
 */
export type PlacementDecision =
  | { readonly type: 'chosen'; readonly workerId: number }
  | { readonly type: 'wait'; readonly reason: string; readonly fullWorkerIds: readonly number[] }
  | { readonly type: 'impossible'; readonly reason: string };

export interface PlacementClock {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** A heartbeat older than this (ms) makes a worker stale. */
  readonly heartbeatTimeoutMs: number;
  /** The worker chosen last: among equals the next one in the order of ids is taken. */
  readonly lastChosenId: number | null;
}

/** Three intervals of 30 s. */
export const HEARTBEAT_TIMEOUT_MS = 90_000;

/**
 * Chooses the worker for one execution: of those that fit, are live and have room, the one with the highest preference, then the
 * fewest executions, then the next in turn. Placing several in a row, the caller counts each choice into `assigned`.
 */
export function chooseWorker(
  requirements: PlacementRequirements,
  workers: readonly PlacementWorker[],
  clock: PlacementClock,
): PlacementDecision {
  const actionWorkers = workers.filter(({ role }) => role === 'action');
  const fitting = actionWorkers.filter((worker) => misfitOf(requirements, worker) === null);
  const unready = fitting.map((worker) => unreadiness(worker, clock));
  const candidates = fitting.filter((_, index) => unready[index] === null);
  const best = pickBest(requirements, candidates, clock.lastChosenId);
  if (best !== null) return { type: 'chosen', workerId: best.id };
  if (fitting.length > 0) {
    const fullWorkerIds = fitting.filter((_, index) => unready[index] === FULL).map(({ id }) => id);
    return { type: 'wait', reason: `every fitting worker is ${listed(unready)}`, fullWorkerIds };
  }
  if (!actionWorkers.some((worker) => isAlive(worker, clock))) {
    return { type: 'wait', reason: 'no worker is alive', fullWorkerIds: [] };
  }
  const misfits = actionWorkers.map((worker) => misfitOf(requirements, worker));
  return { type: 'impossible', reason: `No worker can run it: ${listed(misfits)}` };
}

function listed(reasons: readonly (string | null)[]): string {
  return [...new Set(reasons.filter((reason) => reason !== null))].sort().join(' or ');
}

/** Whether a worker takes part in the work: its status and its heartbeat say so. */
export function isAlive(
  { status, lastHeartbeatMs }: Pick<PlacementWorker, 'status' | 'lastHeartbeatMs'>,
  { nowMs, heartbeatTimeoutMs }: Pick<PlacementClock, 'nowMs' | 'heartbeatTimeoutMs'>,
): boolean {
  return status === 'active' && lastHeartbeatMs !== null && nowMs - lastHeartbeatMs <= heartbeatTimeoutMs;
}

const FULL = 'full';

/** Why a worker that fits cannot take it now; null = it can. */
function unreadiness(worker: PlacementWorker, clock: PlacementClock): string | null {
  if (worker.cordoned) return 'cordoned';
  if (!isAlive(worker, clock)) return worker.status === 'active' ? 'silent' : worker.status;
  return worker.capacity !== null && worker.assigned >= worker.capacity ? FULL : null;
}

/** Why a worker could never take it; null = it fits. */
function misfitOf(requirements: PlacementRequirements, worker: PlacementWorker): string | null {
  const { runtime, runtimeVersionConstraint, requiredWorkerRuntimes, rules } = requirements;
  // Every worker can execute a file.
  const missing = [
    ...(runtime === null ? [] : [[runtime, runtimeVersionConstraint] as const]),
    ...Object.entries(requiredWorkerRuntimes),
  ].find(([name, constraint]) => canonicalRuntime(name) !== 'native' && !offersRuntime(worker, name, constraint));
  if (missing !== undefined) {
    const [name, constraint] = missing;
    return `it lacks runtime '${name}'${isAnyVersion(constraint) ? '' : ` in version ${constraint}`}`;
  }
  if (!matchesLabels(worker.labels, rules.selector)) return 'its labels do not match the selector';
  const repelling = worker.taints.find(
    (taint) => taint.effect === 'no_schedule' && !isTolerated(taint, rules.tolerations),
  );
  if (repelling) return `its taint '${repelling.key}' is not tolerated`;
  const { required, antiAffinity } = rules.affinity;
  const isWanted = required.length === 0 || required.some((term) => matchesTerm(worker.labels, term));
  if (!isWanted || antiAffinity.some((term) => matchesTerm(worker.labels, term))) return 'the affinity rules it out';
  return null;
}

/** Whether a worker really has a version of the runtime that satisfies the constraint. */
export function offersRuntime(
  { runtimes }: Pick<PlacementWorker, 'runtimes'>,
  name: string,
  constraint: string | null,
): boolean {
  const wanted = canonicalRuntime(name);
  return Object.entries(runtimes).some(
    ([offered, versions]) =>
      canonicalRuntime(offered) === wanted &&
      (isAnyVersion(constraint) || versions.some((version) => satisfiesVersion(version, constraint))),
  );
}

function pickBest(
  { rules }: PlacementRequirements,
  candidates: readonly PlacementWorker[],
  lastChosenId: number | null,
): PlacementWorker | null {
  const scores = new Map(candidates.map((worker) => [worker.id, scoreOf(rules, worker)]));
  const scoreOfId = (id: number): number => scores.get(id) ?? 0;
  const isAfterLast = (id: number): number => (lastChosenId !== null && id > lastChosenId ? 0 : 1);
  const [best] = candidates.toSorted(
    (a, b) =>
      scoreOfId(b.id) - scoreOfId(a.id) ||
      a.assigned - b.assigned ||
      isAfterLast(a.id) - isAfterLast(b.id) ||
      a.id - b.id,
  );
  return best ?? null;
}

function scoreOf({ affinity, tolerations }: PlacementRules, worker: PlacementWorker): number {
  const preferred = affinity.preferred.filter(({ term }) => matchesTerm(worker.labels, term));
  const avoided = worker.taints.filter(
    (taint) => taint.effect === 'prefer_no_schedule' && !isTolerated(taint, tolerations),
  );
  return preferred.reduce((sum, { weight }) => sum + weight, 0) - avoided.length;
}

/** The runtimes a worker reported: `{name: [version…]}`. */
export function readRuntimes(runtimes: Json | undefined): Readonly<Record<string, readonly string[]>> {
  if (!isJsonObject(runtimes)) return {};
  return Object.fromEntries(
    Object.entries(runtimes).map(([name, versions]) => [
      name,
      isJsonArray(versions) ? versions.filter((version) => typeof version === 'string') : [],
    ]),
  );
}
