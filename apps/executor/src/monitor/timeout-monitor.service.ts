import { CONFIG, type Config, LOGGER, type Logger } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PeriodicTask } from '../periodic-task.js';
import { ReconcileExecutionsService } from './reconcile-executions.service.js';

/** Looks for timeouts and dead workers every `executor.monitor_interval` seconds. */
@Injectable()
export class TimeoutMonitorService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: PeriodicTask;

  constructor(
    reconciling: ReconcileExecutionsService,
    @Inject(CONFIG) { executor }: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.task = new PeriodicTask(logger, {
      name: 'timeout monitor',
      intervalMs: executor.monitorIntervalSeconds * 1_000,
      run: async () => {
        await reconciling.reconcile();
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
