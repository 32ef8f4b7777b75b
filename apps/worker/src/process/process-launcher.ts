import { type Logger } from '@attune/common';
import { launchDirectly } from './launch-directly.js';
import { type LaunchedProcess, type LaunchRequest } from './launch-request.js';
import { LauncherProcess } from './launcher-process.js';
import { PipePool } from './pipe-pool.js';

/** How long (ms) processes are started directly after a launcher did not come up. */
const RETRY_MS = 60_000;
/** More than any system lets a process have in arguments and environment: not worth the memory of the launcher. */
const MAX_SIZE = 8 * 1024 * 1024;

/**
 * Starts processes, each of them once at most, by way of one small program that is kept running: a fork copies the page tables of the
 * parent, and this process is large. Where that program does not run, they are started directly.
 */
export class ProcessLauncher {
  readonly pipes: PipePool;
  private current: Promise<LauncherProcess | null> | null = null;
  private retryAt = 0;
  private hasWarned = false;
  private isStopped = false;

  /** `directory` exists, and nobody but this process writes to it. */
  constructor(
    directory: string,
    private readonly logger: Logger,
  ) {
    this.pipes = new PipePool(directory);
  }

  /**
   * When this is over, the names of the request's files are gone.
   *
   * @throws Error when the process cannot be started
   */
  async launch(request: LaunchRequest): Promise<LaunchedProcess> {
    const launcher = isHuge(request) ? null : await this.running();
    return launcher === null ? launchDirectly(request) : launcher.launch(request);
  }

  /** The process id of the launcher; null = none can be started. */
  async pid(): Promise<number | null> {
    return (await this.running())?.pid ?? null;
  }

  /** Lets the launcher leave. What it has started goes on. */
  async stop(): Promise<void> {
    this.isStopped = true;
    const launcher = await this.current;
    await launcher?.stop();
  }

  private async running(): Promise<LauncherProcess | null> {
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

  private async start(): Promise<LauncherProcess | null> {
    try {
      const launcher = await LauncherProcess.start(this.pipes);
      void launcher.gone.then(() => {
        this.current = null;
        if (!this.isStopped) this.logger.warn('the launcher of processes is gone; what it had started is killed');
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

function isHuge({ args, env }: LaunchRequest): boolean {
  let size = 0;
  for (const arg of args) size += arg.length;
  for (const name in env) size += env[name]?.length ?? 0;
  return size > MAX_SIZE;
}
