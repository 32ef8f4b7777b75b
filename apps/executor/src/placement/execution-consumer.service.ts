import { CONFIG, type Config, DatabaseListener, LOGGER, type Logger, OutboxConsumer, QUEUE } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PlaceExecutionsService } from './place-executions.service.js';

/** Works off the queue of requested executions. */
@Injectable()
export class ExecutionConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly consumer: OutboxConsumer;

  constructor(
    dataSource: DataSource,
    listener: DatabaseListener,
    placing: PlaceExecutionsService,
    @Inject(CONFIG) { messaging }: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.consumer = new OutboxConsumer(dataSource, listener, logger, {
      queue: QUEUE.executorExecutions,
      batchSize: messaging.batchSize,
      pollIntervalMs: messaging.pollIntervalMs,
      handle: (db, messages) => placing.handle(db, messages),
      giveUp: (db, message, error) => placing.giveUp(db, message, error),
    });
  }

  onApplicationBootstrap(): void {
    this.consumer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer.stop();
  }
}
