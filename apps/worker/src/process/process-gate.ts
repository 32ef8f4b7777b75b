/**
 * Lets so many processes run at once as the worker has slots; the others wait in the order they came. A slot is free as soon as its
 * process has ended, whatever is still to be done about the result.
 */
export class ProcessGate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(slots: number) {
    this.free = slots;
  }

  /** Runs `task` in a slot; once `stop` is aborted at once, because then it starts nothing. */
  async run<Result>(task: () => Promise<Result>, stop: AbortSignal): Promise<Result> {
    if (!(await this.enter(stop))) return task();
    try {
      return await task();
    } finally {
      this.leave();
    }
  }

  private enter(stop: AbortSignal): boolean | Promise<boolean> {
    if (stop.aborted) return false;
    if (this.free > 0) {
      this.free -= 1;
      return true;
    }
    return new Promise((resolve) => {
      const go = (): void => {
        stop.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        resolve(false);
      };
      stop.addEventListener('abort', giveUp, { once: true });
      this.waiting.push(go);
    });
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
