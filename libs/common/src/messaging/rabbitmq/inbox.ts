import { decideRetryDelay } from '@attune/engine';
import { type DataSource } from 'typeorm';
import { isConnectionLost, isRetryable } from '../../database/sqlstate.js';
import { messageOf } from '../../errors/domain-error.js';
import { type Logger } from '../../logging/logger.js';
import { type ConsumerOptions } from '../message-consumer.js';
import { type Delivery } from './delivery.js';
import { buryDelivery } from './sql/bury-delivery.sql.js';
import { recordInInbox } from './sql/record-in-inbox.sql.js';
import { returnToOutbox } from './sql/return-to-outbox.sql.js';

/** What the broker is to be told about a batch. */
export interface Settlement {
  /** Their effect, or what became of them instead, is committed. */
  readonly done: readonly Delivery[];
  /** The same, but they were given up. */
  readonly dead: readonly Delivery[];
}

/**
 * The database side of a consumer: handles each message once, however often it is delivered. Which ones were handled is noted in the
 * transaction of their effect. When a batch fails each of its messages is tried alone, so that one bad message holds up nobody; a bad
 * one goes back into the outbox (1 s, doubling, at most 60 s) and after ten tries into `dead_letter`.
 */
export class Inbox {
  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
    private readonly options: ConsumerOptions,
  ) {}

  /**
   * What `signal` cut off is in neither list.
   * @throws when the database or a race was lost: no fault of a message, so the same batch is to be tried again
   */
  async handle(batch: readonly Delivery[], signal: AbortSignal): Promise<Settlement> {
    try {
      await this.consume(batch);
      return { done: batch, dead: [] };
    } catch (error) {
      if (isConnectionLost(error) || isRetryable(error)) throw error;
      this.logger.warn({ err: error, queue: this.options.queue }, 'batch failed; its messages are tried one by one');
      return this.consumeOneByOne(batch, signal);
    }
  }

  private async consume(batch: readonly Delivery[]): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const fresh = await recordInInbox(db, batch);
      // Twice in one batch: delivered again before it was acknowledged.
      const messages = [...new Map(batch.map((delivery) => [delivery.id, delivery])).values()];
      const todo = messages.filter(({ id }) => fresh.has(id));
      if (todo.length > 0) await this.options.handle(db, todo);
    });
  }

  private async consumeOneByOne(batch: readonly Delivery[], signal: AbortSignal): Promise<Settlement> {
    const done: Delivery[] = [];
    const dead: Delivery[] = [];
    for (const delivery of batch) {
      if (signal.aborted) break;
      const outcome = await this.consumeAlone(delivery);
      (outcome === 'dead' ? dead : done).push(delivery);
    }
    return { done, dead };
  }

  private async consumeAlone(delivery: Delivery): Promise<'done' | 'dead'> {
    try {
      await this.consume([delivery]);
      return 'done';
    } catch (error) {
      if (isConnectionLost(error) || isRetryable(error)) throw error;
      return this.recordFailure(delivery, error);
    }
  }

  private async recordFailure(delivery: Delivery, error: unknown): Promise<'done' | 'dead'> {
    const { queue, giveUp } = this.options;
    const attempt = delivery.attempt + 1;
    const delayMs = decideRetryDelay(attempt);
    const isMine = await this.dataSource.transaction(async (db) => {
      // Not ours any more: another consumer was luckier with it meanwhile, and there is nothing to repeat or to give up.
      if ((await recordInInbox(db, [delivery])).size === 0) return false;
      if (delayMs !== null) await returnToOutbox(db, queue, delivery, messageOf(error), delayMs);
      else {
        await buryDelivery(db, queue, delivery, messageOf(error));
        await giveUp?.(db, delivery, messageOf(error));
      }
      return true;
    });
    const fields = { err: error, queue, topic: delivery.topic, messageId: delivery.id, attempt };
    if (isMine && delayMs !== null) this.logger.warn({ ...fields, delayMs }, 'message failed; it is tried again later');
    if (isMine && delayMs === null) this.logger.error(fields, 'message failed too often; moved to the dead letters');
    return isMine && delayMs === null ? 'dead' : 'done';
  }
}
