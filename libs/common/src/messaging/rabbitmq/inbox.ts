import { decideRetryDelay } from '@attune/engine';
import { type DataSource } from 'typeorm';
import { isConnectionLost, isRetryable } from '../../database/sqlstate.js';
import { messageOf } from '../../errors/domain-error.js';
import { type Logger } from '../../logging/logger.js';
import { type ConsumerOptions } from '../message-consumer.js';
import { type Delivery } from './delivery.js';
import { buryDelivery } from './sql/bury-delivery.sql.js';
import { type MessageKey, recordInInbox } from './sql/record-in-inbox.sql.js';
import { returnToOutbox } from './sql/return-to-outbox.sql.js';

/** What the broker is to be told about a batch. */
export interface Settlement {
  /** Their effect, or what became of them instead, is committed. */
  readonly done: readonly Delivery[];
  /** The same, but they were given up. */
  readonly dead: readonly Delivery[];
  /** They failed, and not even that could be noted: to be delivered again. */
  readonly left: readonly Delivery[];
}

type Outcome = keyof Settlement;

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
   * What `signal` cut off is in no list.
   * @throws when the database or a race was lost: no fault of a message, so the same batch is to be tried again
   */
  async handle(batch: readonly Delivery[], signal: AbortSignal): Promise<Settlement> {
    try {
      await this.consume(batch);
      return { done: batch, dead: [], left: [] };
    } catch (error) {
      if (isConnectionLost(error) || isRetryable(error)) throw error;
      this.logger.warn({ err: error, queue: this.options.queue }, 'batch failed; its messages are tried one by one');
      return this.consumeOneByOne(batch, signal);
    }
  }

  private async consume(batch: readonly Delivery[]): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const fresh = new Set((await recordInInbox(db, batch)).map(keyOf));
      // A message may be in a batch twice: delivered again before it was acknowledged.
      const messages = new Map(batch.map((delivery) => [keyOf(delivery), delivery]));
      const todo = [...messages].filter(([key]) => fresh.has(key)).map(([, delivery]) => delivery);
      if (todo.length > 0) await this.options.handle(db, todo);
    });
  }

  private async consumeOneByOne(batch: readonly Delivery[], signal: AbortSignal): Promise<Settlement> {
    const settlement: Record<Outcome, Delivery[]> = { done: [], dead: [], left: [] };
    for (const delivery of batch) {
      if (signal.aborted) break;
      settlement[await this.consumeAlone(delivery)].push(delivery);
    }
    return settlement;
  }

  private async consumeAlone(delivery: Delivery): Promise<Outcome> {
    try {
      await this.consume([delivery]);
      return 'done';
    } catch (error) {
      if (isConnectionLost(error) || isRetryable(error)) throw error;
      return this.recordFailureSafely(delivery, error);
    }
  }

  private async recordFailureSafely(delivery: Delivery, cause: unknown): Promise<Outcome> {
    try {
      return await this.recordFailure(delivery, cause);
    } catch (error) {
      if (isConnectionLost(error) || isRetryable(error)) throw error;
      const fields = { err: error, queue: this.options.queue, topic: delivery.topic, messageId: delivery.id };
      this.logger.error(fields, 'message failed, and that cannot be noted; it is delivered again');
      return 'left';
    }
  }

  private async recordFailure(delivery: Delivery, error: unknown): Promise<Outcome> {
    const { queue, giveUp } = this.options;
    const attempt = delivery.attempt + 1;
    const delayMs = decideRetryDelay(attempt);
    const isMine = await this.dataSource.transaction(async (db) => {
      // Not ours any more: another consumer was luckier with it meanwhile, and there is nothing to repeat or to give up.
      if ((await recordInInbox(db, [delivery])).length === 0) return false;
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

const keyOf = ({ id, created }: MessageKey): string => `${id} ${created}`;
