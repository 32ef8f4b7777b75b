import { type Config, CONFIG, deleteOldInboxRows, LOGGER, type Logger, PeriodicTask } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * So long (h) a handled message is remembered. A second delivery comes within seconds of a lost connection, or when executors
 * are back after all of them were away: over a long weekend, say.
 */
const REMEMBER_HOURS = 72;

/** Time (ms) between two rounds, and before the first: what comes a second time because executors were away comes before it. */
const INTERVAL_MS = 3_600_000;

/** Small, so that nobody waits for it. */
const BATCH = 1_000;

/** Forgets messages whose second delivery need not be feared any more. */
@Injectable()
export class InboxCleanupService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: PeriodicTask;
  private isSettled = false;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.task = new PeriodicTask(logger, {
      name: 'inbox cleanup',
      intervalMs: INTERVAL_MS,
      run: async (signal) => {
        if (this.isSettled) await this.forget(signal);
        this.isSettled = true;
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.messaging.transport === 'rabbitmq') this.task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  /** Gives how many were forgotten. */
  async forget(signal?: AbortSignal): Promise<number> {
    let forgotten = 0;
    while (signal?.aborted !== true) {
      const deleted = await deleteOldInboxRows(this.dataSource, REMEMBER_HOURS, BATCH);
      forgotten += deleted;
      if (deleted < BATCH) break;
    }
    return forgotten;
  }
}
