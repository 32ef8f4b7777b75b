import { decideRetryDelay } from '@attune/engine';
import { type DataSource } from 'typeorm';
import { isConnectionLost, isRetryable } from '../database/sqlstate.js';
import { messageOf } from '../errors/domain-error.js';
import { type Logger } from '../logging/logger.js';
import { type DatabaseListener } from './database-listener.js';
import { type ConsumerOptions, type MessageConsumer } from './message-consumer.js';
import { buryMessage, postponeMessage } from './sql/fail-message.sql.js';
import { dueMessageIds, type Message, takeMessage, takeMessages } from './sql/take-messages.sql.js';
import { CHANNEL } from './topics.js';
import { WakeSignal } from './wake-signal.js';

/** Pause (ms) after the database was lost. */
const OUTAGE_PAUSE_MS = 1_000;

/**
 * Works off one queue of the outbox: takes a batch, handles it and commits, as one transaction. When a batch fails each
 * of its messages is tried alone, so that one bad message holds up nobody; a bad one is put off (1 s, doubling, at most
 * 60 s) and after ten tries moved to `dead_letter`. A lost database or a lost race is no fault of a message and is not counted.
 *
 * States: idle → (start) running → (stop) stopping → stopped. Any number of consumers may run on the same queue.
 */
export class OutboxConsumer implements MessageConsumer {
  private readonly wakeUp = new WakeSignal();
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly listener: Pick<DatabaseListener, 'on'>,
    private readonly logger: Logger,
    private readonly options: ConsumerOptions,
  ) {}

  start(): void {
    if (this.loop) return;
    this.unsubscribe = this.listener.on(CHANNEL.outbox, (queue) => {
      if (queue === '' || queue === this.options.queue) this.wakeUp.wake();
    });
    this.loop = this.runUntilStopped();
  }

  /** Takes nothing new and resolves when the batch in hand is committed or rolled back. */
  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.stopping.abort();
    await this.loop;
  }

  /** Handles one batch now; gives the number of messages taken. For tests and for draining. */
  async consumeOnce(): Promise<number> {
    try {
      return await this.dataSource.transaction(async (db) => {
        const messages = await takeMessages(db, this.options.queue, this.options.batchSize);
        if (messages.length > 0) await this.options.handle(db, messages);
        return messages.length;
      });
    } catch (error) {
      if (isConnectionLost(error) || isRetryable(error)) throw error;
      this.logger.warn({ err: error, queue: this.options.queue }, 'batch failed; its messages are tried one by one');
      return this.consumeOneByOne();
    }
  }

  private async runUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.options.untilReady?.(signal);
      const taken = await this.consumeSafely();
      if (taken === 0) await this.wakeUp.sleep(this.options.pollIntervalMs, signal);
    }
  }

  private async consumeSafely(): Promise<number> {
    try {
      return await this.consumeOnce();
    } catch (error) {
      if (isRetryable(error)) return 1;
      this.logger.warn({ err: error, queue: this.options.queue }, 'cannot consume messages; trying again');
      await new WakeSignal().sleep(OUTAGE_PAUSE_MS, this.stopping.signal);
      return 0;
    }
  }

  private async consumeOneByOne(): Promise<number> {
    const { queue, batchSize } = this.options;
    const ids = await dueMessageIds(this.dataSource.manager, queue, batchSize);
    for (const id of ids) {
      if (this.stopping.signal.aborted) break;
      await this.consumeAlone(id);
    }
    return ids.length;
  }

  private async consumeAlone(id: number): Promise<void> {
    let taken: Message | undefined;
    try {
      await this.dataSource.transaction(async (db) => {
        [taken] = await takeMessage(db, id);
        if (taken) await this.options.handle(db, [taken]);
      });
    } catch (error) {
      if (!taken || isConnectionLost(error) || isRetryable(error)) throw error;
      await this.recordFailure(taken, error);
    }
  }

  private async recordFailure(message: Message, error: unknown): Promise<void> {
    const { queue, giveUp } = this.options;
    const attempt = message.attempt + 1;
    const fields = { err: error, queue, topic: message.topic, messageId: message.id, attempt };
    const delayMs = decideRetryDelay(attempt);
    if (delayMs !== null) {
      this.logger.warn({ ...fields, delayMs }, 'message failed; it is tried again later');
      await postponeMessage(this.dataSource.manager, message.id, messageOf(error), delayMs);
      return;
    }
    this.logger.error(fields, 'message failed too often; moved to the dead letters');
    await this.dataSource.transaction(async (db) => {
      // Gone already: another consumer was luckier with it meanwhile, and nothing is to be given up.
      if ((await buryMessage(db, message.id, messageOf(error))) === 0) return;
      await giveUp?.(db, message, messageOf(error));
    });
  }
}
