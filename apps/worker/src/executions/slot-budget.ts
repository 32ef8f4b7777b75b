/**
 * How much work (ms) a worker may have in hand for each slot when its actions are short. A slot whose action is done within a
 * fraction of that is worth several: work is then claimed and finished in groups, which is what makes small actions cheap.
 */
const HORIZON_MS = 50;
/** At most so many executions share a slot. */
const MAX_PER_SLOT = 50;
/** Processes that usually take longer (ms) than this share nothing: nothing is to be gained, and what waits would wait long. */
const LONG_PROCESS_MS = 200;
/** How much of an action's average duration is its last run's. */
const LAST_SHARE = 0.1;
/** Actions whose durations are remembered. */
const MAX_ACTIONS = 10_000;
/** Short executions are claimed anew when this part of their room is free; until then what is in hand keeps the worker busy. */
const WORTH_CLAIMING = 0.5;

/** How an execution is run: by calling a function, or as a process of its own. */
export type RunKind = 'function' | 'process';

export interface Beginning {
  readonly actionRef: string;
  readonly kind: RunKind;
  readonly nowMs: number;
}

interface Held {
  readonly actionRef: string;
  readonly kind: RunKind;
  readonly weight: number;
  /** Null: its process has not begun. */
  sinceMs: number | null;
}

interface Average {
  readonly kind: RunKind;
  readonly ms: number;
}

/**
 * Shares out the slots of a worker. An execution takes a whole slot, but for actions that are known to be short: those take
 * a part of a slot that goes by their usual duration. One that turns out longer grows to a whole slot as it runs, so a
 * misjudgement is paid back by claiming less. How many processes run at once is not decided here: most of those that share a
 * slot only wait for one (`ProcessGate`).
 */
export class SlotBudget {
  private readonly held = new Map<number, Held>();
  private readonly averages = new Map<string, Average>();
  private shares: ReadonlyMap<string, number> | null = null;
  private sharingProcesses = 0;

  constructor(readonly slots: number) {}

  /** Parts of a slot that short actions take, by action; any other takes a whole one. */
  weights(): ReadonlyMap<string, number> {
    this.shares ??= new Map(
      [...this.averages].map(([ref, average]) => [ref, weightOf(average)] as const).filter(([, weight]) => weight < 1),
    );
    return this.shares;
  }

  /** Slots that are free; negative when running executions have turned out longer than expected. */
  free(nowMs: number): number {
    return this.slots - this.taken(nowMs).all;
  }

  /**
   * Whether so much is free that claiming pays. Where more executions than slots are in hand that is half of what they may share:
   * the other half is work enough until a claim is done, and the next claim brings a group instead of one.
   */
  isWorthClaiming(nowMs: number): boolean {
    const { all, shared } = this.taken(nowMs);
    const free = this.slots - all;
    return free > 0 && (this.held.size <= this.slots || free >= (free + shared) * WORTH_CLAIMING);
  }

  /** Short processes in hand: each of them ends soon. */
  get shortProcesses(): number {
    return this.sharingProcesses;
  }

  begin(execution: number, { actionRef, kind, nowMs }: Beginning): void {
    if (this.averages.get(actionRef)?.kind !== kind) this.forget(actionRef);
    const average = this.averages.get(actionRef);
    const weight = average === undefined ? 1 : weightOf(average);
    this.held.set(execution, { actionRef, kind, weight, sinceMs: kind === 'function' ? nowMs : null });
    if (isSharingProcess({ kind, weight })) this.sharingProcesses += 1;
  }

  /** The process of an execution begins: until now it was short because it had not begun. */
  run(execution: number, nowMs: number): void {
    const held = this.held.get(execution);
    if (held !== undefined) held.sinceMs = nowMs;
  }

  /** `ranMs`: how long the function or the process itself took; null: it was not run. */
  end(execution: number, ranMs: number | null): void {
    const held = this.held.get(execution);
    if (held === undefined) return;
    this.held.delete(execution);
    if (isSharingProcess(held)) this.sharingProcesses -= 1;
    if (ranMs === null) return;
    const { actionRef, kind } = held;
    const before = this.averages.get(actionRef);
    const average = before?.kind === kind ? before.ms : ranMs;
    // Last in the order of the map: what is not used any more is forgotten first.
    this.forget(actionRef);
    this.averages.set(actionRef, { kind, ms: average + (ranMs - average) * LAST_SHARE });
    const [oldest] = this.averages.size > MAX_ACTIONS ? this.averages.keys() : [];
    if (oldest !== undefined) this.forget(oldest);
  }

  /** Slots that are taken, and how many of them by executions that share them still. */
  private taken(nowMs: number): { readonly all: number; readonly shared: number } {
    let whole = 0;
    let shared = 0;
    for (const { kind, weight, sinceMs } of this.held.values()) {
      const grown = sinceMs === null ? weight : Math.max(weight, weightOf({ kind, ms: nowMs - sinceMs }));
      if (grown >= 1) whole += 1;
      else shared += grown;
    }
    return { all: whole + shared, shared };
  }

  private forget(actionRef: string): void {
    this.averages.delete(actionRef);
    this.shares = null;
  }
}

/**
 * Calls that share a slot are taken by a few hosts one after the other, so together they may take the horizon. Of processes one runs in
 * each slot; those that wait may take as long as the horizon in addition.
 */
function weightOf({ kind, ms }: Average): number {
  if (kind === 'function') return Math.min(1, Math.max(ms / HORIZON_MS, 1 / MAX_PER_SLOT));
  return ms > LONG_PROCESS_MS ? 1 : Math.max(ms / (ms + HORIZON_MS), 1 / MAX_PER_SLOT);
}

const isSharingProcess = ({ kind, weight }: Pick<Held, 'kind' | 'weight'>): boolean => kind === 'process' && weight < 1;
