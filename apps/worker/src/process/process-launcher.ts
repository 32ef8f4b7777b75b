import { type Logger } from '@attune/common';
import { availableParallelism } from 'node:os';
import { launchDirectly } from './launch-directly.js';
import { type LaunchedProcess, type LaunchRequest } from './launch-request.js';
import { type LauncherProcess } from './launcher-process.js';
import { LauncherSeat } from './launcher-seat.js';
import { PipePool } from './pipe-pool.js';

/** More than any system lets a process have in arguments and environment: not worth the memory of the launcher. */
const MAX_SIZE = 8 * 1024 * 1024;
/** Each takes about 45 MB, and waits while it starts a process: more than a few are seldom of use. */
const MOST_LAUNCHERS = 4;

/**
 * Starts processes, each of them once at most, by way of small programs that are kept running: a fork copies the page tables of the
 * parent, and this process is large. There is one until processes are to be started faster than it can, then up to one for each
 * processor. Where that program does not run, processes are started directly.
 */
export class ProcessLauncher {
  readonly pipes: PipePool;
  private readonly seats: readonly [LauncherSeat, ...LauncherSeat[]];

  /** `directory` exists, and nobody but this process writes to it. */
  constructor(directory: string, logger: Logger, processors: number = availableParallelism()) {
    this.pipes = new PipePool(directory);
    const seat = (): LauncherSeat => new LauncherSeat(this.pipes, logger);
    const more = Array.from({ length: Math.min(MOST_LAUNCHERS, processors) - 1 }, seat);
    this.seats = [seat(), ...more];
  }

  /**
   * When this is over, the names of the request's files are gone.
   *
   * @throws Error when the process cannot be started
   */
  async launch(request: LaunchRequest): Promise<LaunchedProcess> {
    const launcher = isHuge(request) ? null : (this.leastBusy() ?? (await this.seats[0].running()));
    return launcher === null ? launchDirectly(request) : launcher.launch(request);
  }

  /** The process ids of the launchers there are, of which there is one at least; empty = none can be started. */
  async pids(): Promise<readonly number[]> {
    await this.seats[0].running();
    return this.seats.flatMap(({ up }) => (up === null ? [] : [up.pid]));
  }

  /** Lets the launchers leave. What they have started goes on. */
  async stop(): Promise<void> {
    await Promise.all(this.seats.map((seat) => seat.stop()));
  }

  /** Null: the first one is to be waited for. When all are busy one more is started, for those who come later. */
  private leastBusy(): LauncherProcess | null {
    let chosen: LauncherProcess | null = null;
    for (const seat of this.seats) {
      const { up } = seat;
      if (up === null) {
        if (chosen !== null) void seat.running();
        break;
      }
      if (up.unanswered === 0) return up;
      if (chosen === null || up.unanswered < chosen.unanswered) chosen = up;
    }
    return chosen;
  }
}

function isHuge({ args, env }: LaunchRequest): boolean {
  let size = 0;
  for (const arg of args) size += arg.length;
  for (const name in env) size += env[name]?.length ?? 0;
  return size > MAX_SIZE;
}
