/** Lets a loop sleep until it is woken, a time passes or it is stopped. A wake-up while nobody sleeps is kept for the next sleep. */
export class WakeSignal {
  private pending = false;
  private resume: (() => void) | undefined;

  wake(): void {
    this.pending = true;
    this.resume?.();
  }

  /** Resolves at the next wake-up, after `timeoutMs`, or when `signal` is aborted. */
  async sleep(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.pending && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.resume = undefined;
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        signal.addEventListener('abort', done, { once: true });
        this.resume = done;
      });
    }
    this.pending = false;
  }
}
