import { type Channel, type ConsumeMessage, type GetMessage } from 'amqplib';
import { type DataSource } from 'typeorm';
import { isRetryable } from '../../database/sqlstate.js';
import { type ConsumerOptions, type MessageConsumer } from '../message-consumer.js';
import { WakeSignal } from '../wake-signal.js';
import { type Broker, ChannelLoop, type Session } from './channel-loop.js';
import { type Delivery, readDelivery } from './delivery.js';
import { Inbox, type Settlement } from './inbox.js';
import { untilAborted } from './until-aborted.js';

/** Pause (ms) after the database was lost. */
const OUTAGE_PAUSE_MS = 1_000;

/** Batches that the broker may have sent ahead: one in hand, the next one gathering. It bounds the memory of a consumer. */
const BATCHES_AHEAD = 2;

/** With nothing to do (ms). Deliveries wake; this only bounds a mistake. */
const IDLE_MS = 60_000;

/**
 * Works off one queue of the broker: takes what has arrived, up to a batch, handles it and commits, as one transaction, and then
 * acknowledges. Whatever is lost in between is delivered again, and the inbox knows it.
 *
 * A lost database keeps the batch in hand until it is back; a lost channel drops it, because the broker has it. States as
 * `ChannelLoop`. Any number of consumers may run on the same queue.
 */
export class RabbitConsumer implements MessageConsumer {
  private readonly inbox: Inbox;
  private readonly loop: ChannelLoop<Channel>;
  private readonly queue: string;

  constructor(
    dataSource: DataSource,
    private readonly broker: Broker,
    private readonly options: ConsumerOptions,
  ) {
    this.inbox = new Inbox(dataSource, broker.logger, options);
    this.queue = broker.topology.queue(options.queue);
    this.loop = new ChannelLoop(
      broker,
      (model) => model.createChannel(),
      (session) => this.consume(session),
    );
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  async consumeOnce(): Promise<number> {
    return this.loop.once(async ({ channel, signal }) => {
      const batch: Delivery[] = [];
      while (batch.length < this.options.batchSize) {
        const raw = await channel.get(this.queue);
        if (raw === false) break;
        this.accept(channel, raw, batch);
      }
      if (batch.length > 0) settle(channel, await this.inbox.handle(batch, signal));
      return batch.length;
    });
  }

  private async consume({ channel, signal }: Session<Channel>): Promise<void> {
    const waiting: Delivery[] = [];
    const arrived = new WakeSignal();
    const lost = new AbortController();
    await untilAborted(channel.prefetch(this.options.batchSize * BATCHES_AHEAD), signal);
    const subscribed = channel.consume(this.queue, (raw) => {
      if (raw === null)
        lost.abort(); // the queue was deleted
      else this.accept(channel, raw, waiting);
      arrived.wake();
    });
    await untilAborted(subscribed, signal);
    const over = AbortSignal.any([signal, lost.signal]);
    while (!over.aborted) {
      await this.options.untilReady?.(over);
      const batch = waiting.splice(0, this.options.batchSize);
      if (batch.length === 0) await arrived.sleep(IDLE_MS, over);
      else await this.work(channel, batch, over);
    }
  }

  /** Tries a batch until the database takes it, or the channel is gone. */
  private async work(channel: Channel, batch: readonly Delivery[], signal: AbortSignal): Promise<void> {
    let settlement: Settlement | undefined;
    while (settlement === undefined && !signal.aborted) settlement = await this.handleSafely(batch, signal);
    if (settlement === undefined) return;
    settle(channel, settlement);
    if (settlement.left.length > 0) await new WakeSignal().sleep(OUTAGE_PAUSE_MS, signal);
  }

  /** Undefined: to be tried again. */
  private async handleSafely(batch: readonly Delivery[], signal: AbortSignal): Promise<Settlement | undefined> {
    try {
      return await this.inbox.handle(batch, signal);
    } catch (error) {
      if (isRetryable(error)) return undefined;
      this.broker.logger.warn({ err: error, queue: this.options.queue }, 'cannot consume messages; trying again');
      await new WakeSignal().sleep(OUTAGE_PAUSE_MS, signal);
      return undefined;
    }
  }

  private accept(channel: Channel, raw: ConsumeMessage | GetMessage, batch: Delivery[]): void {
    const delivery = readDelivery(raw);
    if (delivery !== null) {
      batch.push(delivery);
      return;
    }
    this.broker.logger.warn(
      { queue: this.queue, routingKey: raw.fields.routingKey },
      'not a message of ours; rejected',
    );
    channel.reject(raw, false);
  }
}

/**
 * Dead ones go to the dead-letter exchange, others back into the queue; then one acknowledgement is enough, because everything before the last one is settled.
 * @throws when the channel is gone: all of it is delivered again
 */
function settle(channel: Channel, { done, dead, left }: Settlement): void {
  for (const { raw } of left) channel.reject(raw, true);
  for (const { raw } of dead) channel.reject(raw, false);
  const last = done.at(-1);
  if (last !== undefined) channel.ack(last.raw, true);
}
