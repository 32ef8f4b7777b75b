import { type MessageConsumer, Messaging, QUEUE } from '@attune/common';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PlaceExecutionsService } from './place-executions.service.js';

/** Works off the queue of requested executions. */
@Injectable()
export class ExecutionConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly consumer: MessageConsumer;

  constructor(messaging: Messaging, placing: PlaceExecutionsService) {
    this.consumer = messaging.createConsumer({
      queue: QUEUE.executorExecutions,
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
