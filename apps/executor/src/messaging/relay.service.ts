import { Messaging, type OutboxRelay } from '@attune/common';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Brings messages to the broker, whichever service wrote them. Without a broker it has nothing to do. */
@Injectable()
export class RelayService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly relay: OutboxRelay | null;

  constructor(messaging: Messaging) {
    this.relay = messaging.createRelay();
  }

  onApplicationBootstrap(): void {
    this.relay?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay?.stop();
  }
}
