import {
  ADVISORY_LOCK_SEED,
  type Config,
  CONFIG,
  LOGGER,
  type Logger,
  PeriodicTask,
  readRetentionSettings,
  type RetentionOutcome,
  runRetentionRound,
  SessionLock,
} from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** How often (ms) the settings are looked at: a changed interval counts from then on. */
const LOOK_MS = 60_000;

/** Removes old rows where they go one by one. Time-series tables are cut by the chunk, by policies or MaintenanceService. */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: PeriodicTask;
  private lastRoundAt = -Infinity;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.task = new PeriodicTask(logger, {
      name: 'retention',
      intervalMs: LOOK_MS,
      run: async (signal) => {
        await this.roundIfDue(signal);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  /** Null: it is not time yet, or another executor is at it. */
  async roundIfDue(signal?: AbortSignal): Promise<RetentionOutcome[] | null> {
    const settings = await readRetentionSettings(this.dataSource);
    if (performance.now() < this.lastRoundAt + settings.check_interval_seconds * 1_000) return null;
    const { url } = this.config.database;
    if (url === null) return null;
    const lock = await SessionLock.acquire({
      url,
      logger: this.logger,
      name: String(settings.advisory_lock_key),
      seed: ADVISORY_LOCK_SEED.retention,
      patienceMs: 0,
    });
    if (!lock) return null;
    try {
      const outcomes = await runRetentionRound(this.dataSource, settings, {
        logger: this.logger,
        ...(signal && { signal }),
      });
      this.lastRoundAt = performance.now();
      return outcomes;
    } finally {
      await lock.release();
    }
  }
}
