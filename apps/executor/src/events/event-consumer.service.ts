import { CONFIG, type Config, DatabaseListener, LOGGER, type Logger, OutboxConsumer, QUEUE } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EnforceEventsService } from './enforce-events.service.js';

/** Works off the queue of new events. */
@Injectable()
export class EventConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly consumer: OutboxConsumer;

  constructor(
    dataSource: DataSource,
    listener: DatabaseListener,
    enforcing: EnforceEventsService,
    @Inject(CONFIG) { messaging }: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.consumer = new OutboxConsumer(dataSource, listener, logger, {
      queue: QUEUE.executorEvents,
      batchSize: messaging.batchSize,
      pollIntervalMs: messaging.pollIntervalMs,
      handle: (db, messages) => enforcing.handle(db, messages),
    });
  }

  onApplicationBootstrap(): void {
    this.consumer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer.stop();
  }
}
