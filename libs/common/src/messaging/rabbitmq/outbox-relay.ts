import { type ConfirmChannel } from 'amqplib';
import { type DataSource } from 'typeorm';
import { type DatabaseListener } from '../database-listener.js';
import { CHANNEL, QUEUE, type QueueName } from '../topics.js';
import { WakeSignal } from '../wake-signal.js';
import { type Broker, ChannelLoop, type Session } from './channel-loop.js';
import { publishConfirmed } from './publish-confirmed.js';
import { claimOutboxMessages, type OutboxMessage } from './sql/claim-outbox-messages.sql.js';
import { deleteRelayedMessages } from './sql/delete-relayed-messages.sql.js';
import { releaseOutboxMessages } from './sql/release-outbox-messages.sql.js';

/** For so long (ms) a claimed message is nobody else's. A relay that dies holds its claims up for that time. */
const LEASE_MS = 20_000;

/** How long (ms) the broker may take to confirm a batch; well below the lease. */
const CONFIRM_TIMEOUT_MS = 10_000;

/** Pause (ms) after the database was lost. */
const OUTAGE_PAUSE_MS = 1_000;

class UnconfirmedError extends Error {}

export interface RelayOptions {
  /** Messages claimed at once. */
  readonly batchSize: number;
  /** How long (ms) to wait for a wake-up before looking again. */
  readonly pollIntervalMs: number;
  readonly leaseMs?: number;
  readonly confirmTimeoutMs?: number;
}

/**
 * Brings due messages from the outbox to the broker: claims a batch and commits, publishes it, waits for all confirms, removes what was
 * confirmed. No transaction is open while it talks to the broker. A message may be published twice (killed before the removal, confirm
 * lost), never not at all; it then carries the same id, which consumers know.
 *
 * States as `ChannelLoop`. Any number of relays may run; they take different messages.
 */
export class OutboxRelay {
  private readonly wakeUp = new WakeSignal();
  private readonly loop: ChannelLoop<ConfirmChannel>;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly listener: Pick<DatabaseListener, 'on'>,
    private readonly broker: Broker,
    private readonly options: RelayOptions,
  ) {
    this.loop = new ChannelLoop(
      broker,
      (model) => model.createConfirmChannel(),
      (session) => this.relay(session),
    );
  }

  start(): void {
    this.unsubscribe ??= this.listener.on(CHANNEL.outbox, () => this.wakeUp.wake());
    this.loop.start();
  }

  /** Resolves when the batch in hand is confirmed and removed, or given back. */
  async stop(): Promise<void> {
    this.unsubscribe?.();
    await this.loop.stop();
  }

  /** Relays one batch of each queue now; gives the number of messages confirmed. For tests. */
  async relayOnce(): Promise<number> {
    return this.loop.once(({ channel }) => this.relayQueues(channel));
  }

  private async relay({ channel, signal }: Session<ConfirmChannel>): Promise<void> {
    while (!signal.aborted) {
      const relayed = this.broker.connection.isBlocked ? 0 : await this.relaySafely(channel, signal);
      if (relayed === 0) await this.wakeUp.sleep(this.options.pollIntervalMs, signal);
    }
  }

  /** @throws when the broker is the trouble: then another channel is needed */
  private async relaySafely(channel: ConfirmChannel, signal: AbortSignal): Promise<number> {
    try {
      return await this.relayQueues(channel);
    } catch (error) {
      if (error instanceof UnconfirmedError) {
        const { connection, outage } = this.broker;
        // On a channel that is gone, or blocked, that is no news.
        if (!signal.aborted && !connection.isBlocked) outage.begins('refused', error.message);
        throw error;
      }
      this.broker.logger.warn({ err: error }, 'cannot read the outbox; trying again');
      await new WakeSignal().sleep(OUTAGE_PAUSE_MS, signal);
      return 0;
    }
  }

  private async relayQueues(channel: ConfirmChannel): Promise<number> {
    let relayed = 0;
    for (const queue of Object.values(QUEUE)) relayed += await this.relayBatch(channel, queue);
    return relayed;
  }

  private async relayBatch(channel: ConfirmChannel, queue: QueueName): Promise<number> {
    const { batchSize, leaseMs = LEASE_MS, confirmTimeoutMs = CONFIRM_TIMEOUT_MS } = this.options;
    const claimed = await claimOutboxMessages(this.dataSource, queue, batchSize, leaseMs);
    if (claimed.length === 0) return 0;
    const confirmed = await publishConfirmed(channel, this.broker.topology, queue, claimed, confirmTimeoutMs);
    if (confirmed.size > 0) await deleteRelayedMessages(this.dataSource, [...confirmed]);
    if (confirmed.size < claimed.length) await this.giveBack(claimed.filter(({ id }) => !confirmed.has(id)));
    return confirmed.size;
  }

  /** @throws always: the channel is no good */
  private async giveBack(messages: readonly OutboxMessage[]): Promise<never> {
    await releaseOutboxMessages(
      this.dataSource,
      messages.map(({ id }) => id),
    );
    this.broker.logger.debug({ count: messages.length }, 'messages without a confirm; they are published again');
    throw new UnconfirmedError('it does not confirm what is published');
  }
}
