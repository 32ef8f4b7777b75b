import { type Channel, type ChannelModel } from 'amqplib';
import { messageOf } from '../../errors/domain-error.js';
import { type Logger } from '../../logging/logger.js';
import { WakeSignal } from '../wake-signal.js';
import { type BrokerConnection } from './broker-connection.js';
import { closeSoon } from './close-soon.js';
import { type OutageLog } from './outage-log.js';
import { type Topology } from './topology.js';
import { untilAborted } from './until-aborted.js';

/** Pause (ms) after a channel was lost. */
const RETRY_MS = 500;

/** How long (ms) somebody who asks once waits for the broker. */
const PATIENCE_MS = 5_000;

/** What relays and consumers have in common: where they find the broker, and to whom they complain. */
export interface Broker {
  readonly connection: BrokerConnection;
  readonly topology: Topology;
  readonly outage: OutageLog;
  readonly logger: Logger;
}

/** A channel that works until `signal` is aborted: it was lost, or everything stops. */
export interface Session<C extends Channel> {
  readonly channel: C;
  readonly signal: AbortSignal;
}

/**
 * Does its work on a channel of its own, and again on the next one whenever that is lost. Each begins by making the exchanges and
 * queues that are not there, so that a broker that came back empty is no trouble.
 *
 * States: idle → (start) running → (stop) stopping → stopped. `start` and `stop` may be called twice.
 */
export class ChannelLoop<C extends Channel> {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly openChannel: (model: ChannelModel) => Promise<C>,
    private readonly work: (session: Session<C>) => Promise<void>,
  ) {}

  start(): void {
    this.broker.connection.start();
    this.loop ??= this.runUntilStopped();
  }

  /** Resolves when the work in hand is over and the channel closed: the broker has then taken back what was not acknowledged. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  /** The same once, for some other work. @throws what it throws, or when there is no broker in time */
  once<T>(work: (session: Session<C>) => Promise<T>): Promise<T> {
    this.broker.connection.start();
    return this.onChannel(work, AbortSignal.timeout(PATIENCE_MS));
  }

  private async onChannel<T>(work: (session: Session<C>) => Promise<T>, patience: AbortSignal): Promise<T> {
    const model = await this.broker.connection.connected(patience);
    const channel = await this.openInTime(model, patience);
    const closed = new AbortController();
    let failure: unknown;
    channel.on('error', (error) => (failure = error)); // always followed by 'close'
    channel.on('close', () => closed.abort());
    try {
      await untilAborted(this.broker.topology.declare(channel), patience);
      this.broker.outage.ends('refused');
      return await work({ channel, signal: AbortSignal.any([this.stopping.signal, closed.signal]) });
    } finally {
      // A failure that came between two requests belongs to nobody else.
      if (failure !== undefined) this.broker.outage.begins('refused', messageOf(failure));
      if (!closed.signal.aborted) await closeSoon(channel);
    }
  }

  /** What opens too late is closed. */
  private async openInTime(model: ChannelModel, patience: AbortSignal): Promise<C> {
    const opening = this.openChannel(model);
    try {
      return await untilAborted(opening, patience);
    } catch (error) {
      opening.then(closeSoon, () => undefined);
      throw error;
    }
  }

  private async runUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.onChannel(this.work, signal);
      } catch (error) {
        // Whoever lost the connection has said so.
        this.broker.logger.debug({ err: error }, 'channel to the message broker lost');
      }
      await new WakeSignal().sleep(RETRY_MS, signal);
    }
  }
}
