/**
 * How much work (ms) a worker may have in hand for each slot when its actions are short. A slot whose action is done within a
 * fraction of that is worth several: work is then claimed and finished in groups, which is what makes small actions cheap.
 */
const HORIZON_MS = 50;
/** At most so many executions share a slot. */
const MAX_PER_SLOT = 50;
/** How much of an action's average duration is its last run's. */
const LAST_SHARE = 0.1;
/** Actions whose durations are remembered. */
const MAX_ACTIONS = 10_000;

export interface Beginning {
  readonly actionRef: string;
  readonly canBeShort: boolean;
  readonly nowMs: number;
}

interface Held {
  readonly actionRef: string;
  readonly weight: number;
  readonly sinceMs: number;
}

/**
 * Shares out the slots of a worker. An execution takes a whole slot, but for actions that are known to be short: those take
 * the part of a slot that their usual duration is of the horizon. One that turns out longer grows to a whole slot as it runs,
 * so a misjudgement is paid back by claiming less. Only what can run without a process of its own may be short.
 */
export class SlotBudget {
  private readonly held = new Map<number, Held>();
  private readonly averages = new Map<string, number>();
  private shares: ReadonlyMap<string, number> | null = null;

  constructor(private readonly slots: number) {}

  /** Parts of a slot that short actions take, by action; any other takes a whole one. */
  weights(): ReadonlyMap<string, number> {
    this.shares ??= new Map(
      [...this.averages]
        .map(([ref, averageMs]) => [ref, weightOf(averageMs)] as const)
        .filter(([, weight]) => weight < 1),
    );
    return this.shares;
  }

  /** Slots that are free; negative when running executions have turned out longer than expected. */
  free(nowMs: number): number {
    let taken = 0;
    for (const { weight, sinceMs } of this.held.values()) {
      taken += weight === 1 ? 1 : Math.max(weight, Math.min(1, (nowMs - sinceMs) / HORIZON_MS));
    }
    return this.slots - taken;
  }

  /** `canBeShort`: it is a call of a function. Any other takes a whole slot, and its action is not taken for short any more. */
  begin(execution: number, { actionRef, canBeShort, nowMs }: Beginning): void {
    if (!canBeShort) this.forget(actionRef);
    const averageMs = this.averages.get(actionRef);
    this.held.set(execution, { actionRef, weight: averageMs === undefined ? 1 : weightOf(averageMs), sinceMs: nowMs });
  }

  /** `ranMs`: how long the function itself took; null: it was none, or was not called. */
  end(execution: number, ranMs: number | null): void {
    const held = this.held.get(execution);
    this.held.delete(execution);
    if (held === undefined || ranMs === null) return;
    const average = this.averages.get(held.actionRef) ?? ranMs;
    // Last in the order of the map: what is not used any more is forgotten first.
    this.forget(held.actionRef);
    this.averages.set(held.actionRef, average + (ranMs - average) * LAST_SHARE);
    const [oldest] = this.averages.size > MAX_ACTIONS ? this.averages.keys() : [];
    if (oldest !== undefined) this.forget(oldest);
  }

  private forget(actionRef: string): void {
    this.averages.delete(actionRef);
    this.shares = null;
  }
}

const weightOf = (averageMs: number): number => Math.min(1, Math.max(averageMs / HORIZON_MS, 1 / MAX_PER_SLOT));
