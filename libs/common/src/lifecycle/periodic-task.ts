import { isConnectionLost } from '../database/sqlstate.js';
import { type Logger } from '../logging/logger.js';
import { WakeSignal } from '../messaging/wake-signal.js';

export interface PeriodicTaskOptions {
  /** For the log. */
  readonly name: string;
  /** Time (ms) from the end of one run to the start of the next. */
  readonly intervalMs: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/**
 * Repeats one piece of work, never twice at once. A failed run is logged and the next one comes at its time.
 *
 * States: idle → (start) running → (stop) stopping → stopped. `start` and `stop` may be called twice.
 */
export class PeriodicTask {
  private readonly stopping = new AbortController();
  private readonly wakeUp = new WakeSignal();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly options: PeriodicTaskOptions,
  ) {}

  start(): void {
    this.loop ??= this.runUntilStopped();
  }

  /** Runs now, or right after the run in hand. */
  wake(): void {
    this.wakeUp.wake();
  }

  /** Resolves when the run in hand is over. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async runUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.runSafely(signal);
      await this.wakeUp.sleep(this.options.intervalMs, signal);
    }
  }

  private async runSafely(signal: AbortSignal): Promise<void> {
    const { name, run } = this.options;
    try {
      await run(signal);
    } catch (error) {
      const level = isConnectionLost(error) ? 'debug' : 'warn';
      this.logger[level]({ err: error, task: name }, 'periodic task failed; trying again at its next time');
    }
  }
}
