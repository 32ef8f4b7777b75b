import {
  createTestBroker,
  createTestDatabase,
  onBroker,
  TcpProxy,
  type TestBroker,
  type TestDatabase,
} from '@attune/testing';
import { type ConfirmChannel } from 'amqplib';
import { pino } from 'pino';
import { type DataSource, type EntityManager } from 'typeorm';
import { createDataSource } from '../../database/data-source.js';
import { execute, run } from '../../database/run.js';
import { sql } from '../../database/sql.js';
import { type ConsumerOptions } from '../message-consumer.js';
import { publish } from '../publish.js';
import { type Message } from '../sql/take-messages.sql.js';
import { QUEUE } from '../topics.js';
import { OutboxRelay, type RelayOptions } from './outbox-relay.js';
import { RabbitBroker } from './rabbit-broker.js';
import { RabbitConsumer } from './rabbit-consumer.js';
import { Topology } from './topology.js';

const deaf = { on: () => () => true };

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly reason?: string;
}

/** A database, a part of the broker behind a bad network, and consumers whose effect is a row. */
export class RabbitFixture {
  readonly topology: Topology;
  readonly log: LogLine[] = [];
  readonly logger = pino(
    { level: 'debug' },
    { write: (line: string) => void this.log.push(JSON.parse(line) as LogLine) },
  );
  private readonly stops: (() => Promise<void>)[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly broker: TestBroker,
    readonly proxy: TcpProxy,
  ) {
    this.topology = new Topology(broker.prefix);
  }

  /** `url`: of a broker of the spec's own. */
  static async open(url?: string): Promise<RabbitFixture> {
    const database = await createTestDatabase();
    const dataSource = await createDataSource({ url: database.url }).initialize();
    await dataSource.query('create table effect (event_id bigint not null)');
    const broker = await createTestBroker(url);
    const { hostname, port } = new URL(broker.url);
    const proxy = await TcpProxy.open({ host: hostname, port: port === '' ? 5672 : Number(port) });
    return new RabbitFixture(database, dataSource, broker, proxy);
  }

  /** Stops what the test started and empties everything. */
  async reset(): Promise<void> {
    this.proxy.mend();
    await Promise.all(this.stops.splice(0).map((stop) => stop()));
    await this.dataSource.query('truncate outbox_message, dead_letter, message_inbox, effect');
    await this.onChannel(async (channel) => {
      await this.topology.declare(channel);
      for (const queue of this.topology.queues) await channel.purgeQueue(queue);
    });
    this.log.length = 0;
  }

  async close(): Promise<void> {
    await this.reset();
    await this.proxy.close();
    await this.broker.drop(this.topology);
    await this.dataSource.destroy();
    await this.database.drop();
  }

  /** A service's connections to the broker, through the bad network unless told otherwise. */
  service(url = this.proxy.through(this.broker.url)): RabbitBroker {
    const service = new RabbitBroker({ url, prefix: this.broker.prefix, service: 'test' }, this.logger);
    this.stops.push(() => service.close());
    return service;
  }

  relay(service: RabbitBroker, options: Partial<RelayOptions> = {}): OutboxRelay {
    const relay = new OutboxRelay(this.dataSource, deaf, service.publishing, {
      batchSize: 100,
      pollIntervalMs: 20,
      ...options,
    });
    this.stops.unshift(() => relay.stop());
    return relay;
  }

  consumer(service: RabbitBroker, options: Partial<ConsumerOptions> = {}): RabbitConsumer {
    const consumer = new RabbitConsumer(this.dataSource, service.consuming, {
      queue: QUEUE.executorEvents,
      batchSize: 10,
      pollIntervalMs: 20,
      handle: record,
      ...options,
    });
    this.stops.unshift(() => consumer.stop());
    return consumer;
  }

  /** Publishes in one transaction. */
  async send(...ids: number[]): Promise<void> {
    await this.dataSource.transaction((db) =>
      publish(
        db,
        ids.map((id) => ({ topic: 'event.created', payload: { event_id: id } }) as const),
      ),
    );
  }

  async effects(): Promise<number[]> {
    const rows = await run<{ id: number }>(this.dataSource, sql`select e.event_id as id from effect as e order by 1`);
    return rows.map(({ id }) => id);
  }

  waiting(): Promise<{ id: number; attempt: number; error: string | null; delayMs: number; isLeased: boolean }[]> {
    return run(
      this.dataSource,
      sql`
      select o.id, o.attempt, o.last_error as error, coalesce(o.relayed_until > now(), false) as "isLeased",
        round(extract(epoch from o.available_at - now()) * 1000)::int as "delayMs"
      from outbox_message as o order by o.id`,
    );
  }

  /** Messages of a queue that no consumer has. */
  async queued(queue = this.topology.queue(QUEUE.executorEvents)): Promise<number> {
    return this.onChannel(async (channel) => (await channel.checkQueue(queue)).messageCount);
  }

  /** Past the bad network. */
  onChannel<T>(work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    return onBroker(this.broker.url, work);
  }

  warnings(): string[] {
    return this.log.filter(({ level }) => level >= 40).map(({ msg, reason }) => (reason ? `${msg}: ${reason}` : msg));
  }

  /** How often it was said that the broker is there again. */
  backs(): number {
    return this.log.filter(({ msg }) => msg === 'the message broker is there again').length;
  }
}

export const eventIdOf = (message: Message): number => (message.payload as { event_id: number }).event_id;

/** The effect of a message is a row, so a second one shows. */
export async function record(db: EntityManager, messages: readonly Message[]): Promise<void> {
  await execute(db, sql`insert into effect (event_id) select unnest(${messages.map(eventIdOf)}::bigint[])`);
}
