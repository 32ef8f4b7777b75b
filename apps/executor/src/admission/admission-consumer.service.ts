import { type MessageConsumer, Messaging, QUEUE } from '@attune/common';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ReleaseAdmissionsService } from './release-admissions.service.js';

/** Works off the queue of groups that may have room. */
@Injectable()
export class AdmissionConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly consumer: MessageConsumer;

  constructor(messaging: Messaging, releasing: ReleaseAdmissionsService) {
    this.consumer = messaging.createConsumer({
      queue: QUEUE.executorAdmission,
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
