import { LOGGER, type Logger, PeriodicTask } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InquiryDeadlinesService } from './inquiry-deadlines.service.js';

/** Time (ms) between two looks for passed deadlines. */
const DEADLINE_INTERVAL_MS = 1_000;

/** Time (ms) between two looks for questions of executions that have ended: it reads every open question. */
const POINTLESS_INTERVAL_MS = 10_000;

/** Looks after open inquiries for as long as the service runs. */
@Injectable()
export class InquiryUpkeepService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly tasks: readonly PeriodicTask[];

  constructor(inquiries: InquiryDeadlinesService, @Inject(LOGGER) logger: Logger) {
    this.tasks = [
      new PeriodicTask(logger, {
        name: 'inquiry deadlines',
        intervalMs: DEADLINE_INTERVAL_MS,
        run: async () => {
          const timedOut = await inquiries.timeOut();
          if (timedOut > 0) logger.info({ inquiries: timedOut }, 'inquiries timed out');
        },
      }),
      new PeriodicTask(logger, {
        name: 'inquiries of ended executions',
        intervalMs: POINTLESS_INTERVAL_MS,
        run: async () => {
          const cancelled = await inquiries.cancelPointless();
          if (cancelled > 0) logger.info({ inquiries: cancelled }, 'inquiries of ended executions cancelled');
        },
      }),
    ];
  }

  onApplicationBootstrap(): void {
    for (const task of this.tasks) task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.tasks.map((task) => task.stop()));
  }
}
