import { LOGGER, type Logger, Messaging, messageOf, publish, QUEUE } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { announceLostExecutions } from './sql/announce-lost-executions.sql.js';
import { listUnannouncedExecutions } from './sql/list-unannounced-executions.sql.js';

/** An execution that lies longer (s) than this without a message counts as lost. */
const LOST_AFTER_SECONDS = 30;

const BATCH = 1_000;

/**
 * Announces executions again whose message is gone.
 *
 * With a broker a message leaves the outbox before it is handled, and the database alone cannot tell a lost one from one that waits
 * at the broker or is in a consumer's hands. So nothing is looked for while the broker has messages of that queue: they may be the ones.
 * When it has none, what is found without a message must be found so again by the next sweep; in a consumer's hands a message is for
 * a moment only. Whoever is wrongly announced nevertheless is placed once: the second message finds the work done.
 */
@Injectable()
export class LostExecutionsService {
  private suspects: ReadonlySet<number> = new Set();

  constructor(
    private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** How many messages wait at the broker; null without a broker. To be asked before the transaction of `announce`. */
  async waitingAtBroker(): Promise<number | null> {
    try {
      return await this.messaging.waitingAtBroker(QUEUE.executorExecutions);
    } catch (error) {
      this.logger.debug({ reason: messageOf(error) }, 'no look for lost executions without the broker');
      return Number.POSITIVE_INFINITY;
    }
  }

  /** Gives how many were announced. */
  async announce(db: EntityManager, waitingAtBroker: number | null): Promise<number> {
    if (waitingAtBroker === null) return announceLostExecutions(db, LOST_AFTER_SECONDS, BATCH);
    const found = waitingAtBroker > 0 ? [] : await listUnannouncedExecutions(db, LOST_AFTER_SECONDS, BATCH);
    const lost = found.filter((id) => this.suspects.has(id));
    this.suspects = new Set(found.filter((id) => !this.suspects.has(id)));
    await publish(
      db,
      lost.map((id) => ({ topic: 'execution.requested', payload: { execution_id: id } }) as const),
    );
    return lost.length;
  }
}
