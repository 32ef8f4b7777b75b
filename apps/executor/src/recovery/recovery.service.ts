import { setTimeout as delay } from 'node:timers/promises';
import { CONFIG, type Config, LOGGER, type Logger, PeriodicTask } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RepairAdmissionsService } from '../admission/repair-admissions.service.js';
import { RecoverWorkService } from './recover-work.service.js';

/** How soon (ms) one that found another process at it asks again. */
const RETRY_MS = 5_000;

/** Sweeps for lost work every `executor.recovery_interval` seconds. */
@Injectable()
export class RecoveryService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: PeriodicTask;

  constructor(
    recovering: RecoverWorkService,
    repairing: RepairAdmissionsService,
    @Inject(CONFIG) { executor }: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.task = new PeriodicTask(logger, {
      name: 'recovery sweep',
      intervalMs: executor.recoveryIntervalSeconds * 1_000,
      run: async (signal) => {
        // Whoever is at it may die half-way: it is not left to the next interval.
        while ((await recovering.recover()) === undefined && !signal.aborted) {
          await delay(RETRY_MS, undefined, { signal }).catch(() => undefined); // stopped
        }
        await repairing.repair();
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
