import { type Logger } from '../../logging/logger.js';
import { type QueueName } from '../topics.js';
import { BrokerConnection } from './broker-connection.js';
import { type Broker, ChannelLoop } from './channel-loop.js';
import { OutageLog } from './outage-log.js';
import { Topology } from './topology.js';

export interface RabbitBrokerOptions {
  /** The configuration was checked: there is one. */
  readonly url: string;
  readonly prefix: string;
  readonly service: string;
}

/**
 * The two connections of a service to RabbitMQ. When the broker is short of memory it stops reading from connections that publish;
 * acknowledgements must not be stuck behind that.
 */
export class RabbitBroker {
  readonly topology: Topology;
  readonly publishing: Broker;
  readonly consuming: Broker;

  constructor({ url, prefix, service }: RabbitBrokerOptions, logger: Logger) {
    this.topology = new Topology(prefix);
    const { host, pathname } = new URL(url);
    const outage = new OutageLog(logger, host + pathname);
    const broker = (purpose: string): Broker => ({
      connection: new BrokerConnection({ url, name: `attune-${service}-${purpose}` }, outage),
      topology: this.topology,
      outage,
      logger,
    });
    this.publishing = broker('publish');
    this.consuming = broker('consume');
  }

  /** Messages of a queue that no consumer has yet. @throws when the broker does not answer */
  async waiting(queue: QueueName): Promise<number> {
    const loop = new ChannelLoop(
      this.consuming,
      (model) => model.createChannel(),
      () => Promise.resolve(),
    );
    return loop.once(async ({ channel }) => (await channel.checkQueue(this.topology.queue(queue))).messageCount);
  }

  async close(): Promise<void> {
    await Promise.all([this.publishing.connection.stop(), this.consuming.connection.stop()]);
  }
}
