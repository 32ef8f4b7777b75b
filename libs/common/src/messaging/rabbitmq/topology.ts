import { type Channel } from 'amqplib';
import { QUEUE, type QueueName } from '../topics.js';

/**
 * Redeliveries after which the broker gives a message up. As good as never: whether a message is given up is decided by our own
 * count of failed tries. Without a value RabbitMQ 4 takes 20, and twenty crashed consumers would lose a message.
 */
const DELIVERY_LIMIT = 1_000_000;

/** Messages kept for a person in the queue behind the dead-letter exchange; the oldest go first. */
const DEAD_LETTERS_KEPT = 10_000;

/** Topics that begin so go through the exchange of executions, all others through that of events. */
const EXECUTION_TOPICS = /^(execution|enforcement|inquiry)\./;

/**
 * What there is at the broker, under a prefix of the installation: the topic exchanges `events` and `executions`, a durable quorum
 * queue for each consumer group, and `dlx` with its queue `dead-letters`.
 *
 * A routing key is the topic and then the group, as in `event.created.executor.events`: a topic that two groups listen to has a row
 * of the outbox, so a message, for each of them. Whoever wants to listen as well binds `event.created.#`.
 */
export class Topology {
  readonly deadLetterExchange: string;
  readonly deadLetterQueue: string;

  constructor(private readonly prefix: string) {
    this.deadLetterExchange = `${prefix}.dlx`;
    this.deadLetterQueue = `${prefix}.dead-letters`;
  }

  queue(queue: QueueName): string {
    return `${this.prefix}.${queue}`;
  }

  exchangeOf(topic: string): string {
    return `${this.prefix}.${EXECUTION_TOPICS.test(topic) ? 'executions' : 'events'}`;
  }

  routingKey(topic: string, queue: string): string {
    return `${topic}.${queue}`;
  }

  /** Every queue, for who removes an installation. */
  get queues(): readonly string[] {
    return [...Object.values(QUEUE).map((queue) => this.queue(queue)), this.deadLetterQueue];
  }

  /** Every exchange, for who removes an installation. */
  get exchanges(): readonly string[] {
    return [this.exchangeOf('event.created'), this.exchangeOf('execution.requested'), this.deadLetterExchange];
  }

  /** Makes what is not there. @throws when it is there with other arguments */
  async declare(channel: Channel): Promise<void> {
    for (const exchange of this.exchanges) await channel.assertExchange(exchange, 'topic', { durable: true });
    await channel.assertQueue(this.deadLetterQueue, {
      durable: true,
      arguments: { 'x-queue-type': 'quorum', 'x-max-length': DEAD_LETTERS_KEPT },
    });
    await channel.bindQueue(this.deadLetterQueue, this.deadLetterExchange, '#');
    for (const queue of Object.values(QUEUE)) await this.declareQueue(channel, queue);
  }

  private async declareQueue(channel: Channel, queue: QueueName): Promise<void> {
    await channel.assertQueue(this.queue(queue), {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-dead-letter-exchange': this.deadLetterExchange,
        'x-delivery-limit': DELIVERY_LIMIT,
      },
    });
    const [events, executions] = [this.exchangeOf('event.created'), this.exchangeOf('execution.requested')];
    for (const exchange of [events, executions]) await channel.bindQueue(this.queue(queue), exchange, `#.${queue}`);
  }
}
