import { randomBytes } from 'node:crypto';
import { findBroker, hasRabbitProgram, onBroker, RabbitNode, TcpProxy } from '@attune/testing';

/** A RabbitMQ that can be taken away for a while. */
export interface Broker {
  /** Settings for services that use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** To be called when the product has made its queues, before `takeAway`. */
  settle(): Promise<void>;
  /** Kills it as in a power cut. One that somebody else runs is only cut off. */
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
  /** Ends it, or removes from it what the product made. */
  close(): Promise<void>;
}

/** Whether this machine has one. If not, says so in one visible line. */
export async function hasBroker(): Promise<boolean> {
  if (hasRabbitProgram() || (await findBroker()) !== null) return true;
  process.stderr.write('skipped: no RabbitMQ on this machine\n');
  return false;
}

/** One of the spec's own where the program is here; else the running one, behind a network that can break. */
export async function openBroker(): Promise<Broker> {
  return hasRabbitProgram() ? openNode() : openExternal((await findBroker()) ?? '');
}

async function openNode(): Promise<Broker> {
  const node = await RabbitNode.create();
  return {
    environment: { ATTUNE__MESSAGING__TRANSPORT: 'rabbitmq', ATTUNE__MESSAGING__URL: node.url },
    settle: () => node.restart(),
    takeAway: () => node.kill(),
    bringBack: () => node.start(),
    close: () => node.close(),
  };
}

async function openExternal(address: string): Promise<Broker> {
  const { hostname, port } = new URL(address);
  const proxy = await TcpProxy.open({ host: hostname, port: port === '' ? 5672 : Number(port) });
  const prefix = `attune-e2e-${randomBytes(6).toString('hex')}`;
  return {
    environment: {
      ATTUNE__MESSAGING__TRANSPORT: 'rabbitmq',
      ATTUNE__MESSAGING__URL: proxy.through(address),
      ATTUNE__MESSAGING__PREFIX: prefix,
    },
    settle: () => Promise.resolve(),
    takeAway: () => {
      proxy.refuse();
      return Promise.resolve();
    },
    bringBack: () => {
      proxy.mend();
      return Promise.resolve();
    },
    close: async () => {
      await proxy.close();
      await onBroker(address, async (channel) => {
        const queues = ['executor.events', 'executor.executions', 'executor.admission', 'dead-letters'];
        for (const queue of queues) await channel.deleteQueue(`${prefix}.${queue}`);
        for (const exchange of ['events', 'executions', 'dlx']) await channel.deleteExchange(`${prefix}.${exchange}`);
      });
    },
  };
}
