import { type MessageConsumer, Messaging, QUEUE } from '@attune/common';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EnforceEventsService } from './enforce-events.service.js';

/** Works off the queue of new events. */
@Injectable()
export class EventConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly consumer: MessageConsumer;

  constructor(messaging: Messaging, enforcing: EnforceEventsService) {
    this.consumer = messaging.createConsumer({
      queue: QUEUE.executorEvents,
      handle: (db, messages) => enforcing.handle(db, messages),
      untilReady: (signal) => enforcing.untilReady(signal),
    });
  }

  onApplicationBootstrap(): void {
    this.consumer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer.stop();
  }
}
