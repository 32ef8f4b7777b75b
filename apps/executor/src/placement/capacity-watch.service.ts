import { CONFIG, type Config, DatabaseListener, LOGGER, type Logger, PeriodicTask } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { bringForwardPlacements } from './sql/bring-forward-placements.sql.js';
import { hasWaitingPlacements } from './sql/has-waiting-placements.sql.js';
import { listActionWorkers } from './sql/list-action-workers.sql.js';
import { WorkerPool } from './worker-pool.js';

/** Channel of the notify trigger on `execution`: some execution started or ended, so a worker may have room. */
const STATUS_CHANGED = 'execution_status_changed';

/** Pause (ms) between two looks, so that a flood of endings is answered by a few of them. */
const PAUSE_MS = 50;

/**
 * Lets executions that wait for a full worker go on as soon as it has room, oldest first. Woken by the endings of other
 * executions, and every few seconds in any case: a heartbeat, a new worker or an end of cordoning makes room as well.
 */
@Injectable()
export class CapacityWatchService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: PeriodicTask;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly listener: DatabaseListener,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.task = new PeriodicTask(logger, {
      name: 'capacity watch',
      intervalMs: config.executor.placementRetrySeconds * 1_000,
      run: async (signal) => {
        await this.bringForward();
        await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.unsubscribe = this.listener.on(STATUS_CHANGED, () => this.task.wake());
    this.task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.unsubscribe?.();
    await this.task.stop();
  }

  /** Gives how many executions were made due. */
  async bringForward(): Promise<number> {
    if (!(await hasWaitingPlacements(this.dataSource))) return 0;
    return this.dataSource.transaction(async (db) => {
      const workers = await listActionWorkers(db);
      const rooms = new WorkerPool(workers, this.config.executor.heartbeatTimeoutSeconds * 1_000).rooms();
      return rooms.length === 0 ? 0 : bringForwardPlacements(db, rooms);
    });
  }
}
