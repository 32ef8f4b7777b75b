import { LOGGER, type Logger, PeriodicTask } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { deleteExpiredAttempts } from './sql/delete-expired-attempts.sql.js';

const INTERVAL_MS = 600_000;
const BATCH = 1_000;

/** Forgets failed logins that are over. Every API process does; they take different rows. */
@Injectable()
export class AttemptCleanupService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: PeriodicTask;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.task = new PeriodicTask(logger, {
      name: 'forget failed logins',
      intervalMs: INTERVAL_MS,
      run: (signal) => this.execute(signal),
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  async execute(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await deleteExpiredAttempts(this.dataSource, BATCH)) === BATCH);
  }
}
