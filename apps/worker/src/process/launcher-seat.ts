import { type Logger } from '@attune/common';
import { LauncherProcess } from './launcher-process.js';
import { type PipePool } from './pipe-pool.js';

/** How long (ms) nothing is tried after a launcher did not come up. */
const RETRY_MS = 60_000;

/** The place of one launcher: starts it when it is first needed, and again when it is gone. */
export class LauncherSeat {
  private current: Promise<LauncherProcess | null> | null = null;
  private present: LauncherProcess | null = null;
  private retryAt = 0;
  private hasWarned = false;
  private isStopped = false;

  constructor(
    private readonly pipes: PipePool,
    private readonly logger: Logger,
  ) {}

  /** The launcher that is up at this moment; null = none, or the seat is stopped. */
  get up(): LauncherProcess | null {
    return this.present?.isUp === true && !this.isStopped ? this.present : null;
  }

  /** The launcher, started if need be; null = none can be started, or the seat is stopped. */
  async running(): Promise<LauncherProcess | null> {
    for (;;) {
      if (this.isStopped) return null;
      const attempt = (this.current ??= this.start());
      const launcher = await attempt;
      if (launcher === null) {
        if (performance.now() < this.retryAt) return null;
        if (this.current === attempt) this.current = null;
      } else if (launcher.isUp) return launcher;
    }
  }

  /** Lets the launcher leave. What it has started goes on. */
  async stop(): Promise<void> {
    this.isStopped = true;
    const launcher = await this.current;
    await launcher?.stop();
  }

  private async start(): Promise<LauncherProcess | null> {
    try {
      const launcher = await LauncherProcess.start(this.pipes);
      this.present = launcher;
      void launcher.gone.then(() => {
        this.current = null;
        if (!this.isStopped) this.logger.warn('a launcher of processes is gone; what it had started is killed');
      });
      return launcher;
    } catch (error) {
      this.retryAt = performance.now() + RETRY_MS;
      if (!this.hasWarned) this.logger.warn({ err: error }, 'no launcher of processes; starting them directly');
      this.hasWarned = true;
      return null;
    }
  }
}
