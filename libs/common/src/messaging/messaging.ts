import { type DataSource } from 'typeorm';
import { type Config } from '../config/config.schema.js';
import { type Logger } from '../logging/logger.js';
import { type DatabaseListener } from './database-listener.js';
import { type ConsumerOptions, type MessageConsumer } from './message-consumer.js';
import { OutboxConsumer } from './outbox-consumer.js';
import { OutboxRelay } from './rabbitmq/outbox-relay.js';
import { RabbitBroker } from './rabbitmq/rabbit-broker.js';
import { RabbitConsumer } from './rabbitmq/rabbit-consumer.js';
import { type QueueName } from './topics.js';

/** What the configuration decides; the rest is up to the consumer. */
type ConsumerSettings = Omit<ConsumerOptions, 'batchSize' | 'pollIntervalMs'> &
  Partial<Pick<ConsumerOptions, 'batchSize'>>;

/** Messages a relay brings to the broker at once: more than a consumer takes, for nothing is decided about them. */
const RELAY_BATCH = 1_000;

/**
 * Gives the parts of the transport that `messaging.transport` names. Nothing is connected before the first part is started, so a service
 * that only publishes needs no broker.
 */
export class Messaging {
  private readonly broker: RabbitBroker | null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly listener: Pick<DatabaseListener, 'on'>,
    private readonly logger: Logger,
    private readonly settings: Config['messaging'],
    service = 'attune',
  ) {
    const { transport, url, prefix } = settings;
    this.broker = transport === 'rabbitmq' ? new RabbitBroker({ url, prefix, service }, logger) : null;
  }

  createConsumer(consumer: ConsumerSettings): MessageConsumer {
    const { batchSize, pollIntervalMs } = this.settings;
    const options = { batchSize, pollIntervalMs, ...consumer };
    return this.broker === null
      ? new OutboxConsumer(this.dataSource, this.listener, this.logger, options)
      : new RabbitConsumer(this.dataSource, this.broker.consuming, options);
  }

  /** Brings messages from the outbox to the broker. Null: consumers read the outbox itself. */
  createRelay(): OutboxRelay | null {
    if (this.broker === null) return null;
    return new OutboxRelay(this.dataSource, this.listener, this.broker.publishing, {
      batchSize: RELAY_BATCH,
      pollIntervalMs: this.settings.pollIntervalMs,
    });
  }

  /**
   * How many messages of a queue wait at the broker, those being handled not counted. Null: none can, every message is in the outbox.
   * @throws when the broker does not answer
   */
  async waitingAtBroker(queue: QueueName): Promise<number | null> {
    return this.broker === null ? null : this.broker.waiting(queue);
  }

  /** Closes what was connected; after the consumers and relays have stopped. */
  async close(): Promise<void> {
    await this.broker?.close();
  }
}
