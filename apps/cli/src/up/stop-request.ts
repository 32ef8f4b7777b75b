/** Under npm a Ctrl-C arrives twice, once from the terminal and once passed on by npm; a person needs longer for the second. */
const SAME_PRESS_MS = 500;

const PARENT_CHECK_MS = 500;

/** Ctrl-C, SIGTERM or a closed terminal: the first asks for an orderly stop, a later one forces it. */
export class StopRequest {
  private readonly requested = new AbortController();
  private firstAt = 0;
  private readonly listener = (): void => {
    if (!this.requested.signal.aborted) {
      this.firstAt = performance.now();
      this.requested.abort();
    } else if (performance.now() - this.firstAt > SAME_PRESS_MS) {
      this.force();
    }
  };

  /** `force` must end the process. */
  constructor(private readonly force: () => void) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.listener);
    if (process.env['npm_lifecycle_event'] === 'start') this.watchParent();
  }

  get signal(): AbortSignal {
    return this.requested.signal;
  }

  /** Resolves at the first request. */
  wait(): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** `npm start` passes a SIGTERM to the shell between it and us, which dies of it without telling us. */
  private watchParent(): void {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      this.listener();
    }, PARENT_CHECK_MS);
    timer.unref();
  }
}
