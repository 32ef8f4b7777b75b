import { type Config, CONFIG, LOGGER, type Logger, MaintenanceRunner } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Keeps partitions, retention and rollups where the database has no policies of its own. */
@Injectable()
export class MaintenanceService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly runner: MaintenanceRunner | null;

  constructor(dataSource: DataSource, @Inject(CONFIG) { database }: Config, @Inject(LOGGER) logger: Logger) {
    this.runner = database.url === null ? null : new MaintenanceRunner(dataSource, logger, { url: database.url });
  }

  onApplicationBootstrap(): void {
    this.runner?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.runner?.stop();
  }
}
