import { CONFIG, type Config, LOGGER, type Logger, PeriodicTask } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExpireWaitsService } from '../admission/expire-waits.service.js';
import { ReconcileExecutionsService } from './reconcile-executions.service.js';

/**
 * Looks for timeouts and dead workers every `executor.monitor_interval` seconds. After a start and after a failed look one
 * interval is let pass: while the database was away no worker could send a heartbeat, and all of them would count as dead.
 */
@Injectable()
export class TimeoutMonitorService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: PeriodicTask;
  /** The database has been there since the last look. */
  private isSettled = false;

  constructor(
    dataSource: DataSource,
    reconciling: ReconcileExecutionsService,
    expiring: ExpireWaitsService,
    @Inject(CONFIG) { executor }: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.task = new PeriodicTask(logger, {
      name: 'timeout monitor',
      intervalMs: executor.monitorIntervalSeconds * 1_000,
      run: async () => {
        const isSettled = this.isSettled;
        this.isSettled = false;
        if (isSettled) {
          await reconciling.reconcile();
          await expiring.expire();
        } else await dataSource.query('select 1');
        this.isSettled = true;
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }
}
