import { CONFIG, type Config, DatabaseListener, LOGGER, type Logger, OutboxConsumer, QUEUE } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ReleaseAdmissionsService } from './release-admissions.service.js';

/** Works off the queue of groups that may have room. */
@Injectable()
export class AdmissionConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly consumer: OutboxConsumer;

  constructor(
    dataSource: DataSource,
    listener: DatabaseListener,
    releasing: ReleaseAdmissionsService,
    @Inject(CONFIG) { messaging }: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.consumer = new OutboxConsumer(dataSource, listener, logger, {
      queue: QUEUE.executorAdmission,
      batchSize: messaging.batchSize,
      pollIntervalMs: messaging.pollIntervalMs,
      handle: (db, messages) => releasing.handle(db, messages),
    });
  }

  onApplicationBootstrap(): void {
    this.consumer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer.stop();
  }
}
