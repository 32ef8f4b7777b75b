/** Executions that may wait at a worker for each of its slots, whatever they are. */
const WAITING_PER_SLOT = 4;

/** Span (ms) over which endings are counted. */
const WINDOW_MS = 500;

/** A change of less than this factor is not worth a message. */
const WORTH_TELLING = 1.5;

/**
 * How many executions should wait at a worker, besides those that run: as many as it ends in a second, so that it never stands
 * idle until the scheduler has heard of an end, and no work sticks to it for longer than that.
 */
export class WorkRate {
  private ended = 0;
  private windowStartedAtMs: number;
  private perSecond = 0;
  private told: number;

  constructor(
    private readonly slots: number,
    nowMs: number,
  ) {
    this.windowStartedAtMs = nowMs;
    this.told = this.waiting();
  }

  count(): void {
    this.ended += 1;
  }

  /** Whether the number differs enough from what was told last. To be called now and then: it ends the window. */
  isWorthTelling(nowMs: number): boolean {
    const elapsedMs = nowMs - this.windowStartedAtMs;
    if (elapsedMs < WINDOW_MS) return false;
    this.perSecond = (this.ended * 1_000) / elapsedMs;
    this.ended = 0;
    this.windowStartedAtMs = nowMs;
    const waiting = this.waiting();
    return waiting > this.told * WORTH_TELLING || waiting < this.told / WORTH_TELLING;
  }

  /** The number, to be told. */
  tell(): number {
    this.told = this.waiting();
    return this.told;
  }

  private waiting(): number {
    return Math.max(this.slots * WAITING_PER_SLOT, Math.round(this.perSecond));
  }
}
