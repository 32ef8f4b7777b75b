import { RabbitNode } from '@attune/testing';
import { setTimeout as delay } from 'node:timers/promises';

/** The broker of a run with the transport `rabbitmq`. */
export interface Broker {
  /** Settings of every service. */
  readonly environment: Readonly<Record<string, string>>;
  /** SIGKILL, and a start `pauseMs` later; null: a broker of somebody else's, which is left alone. */
  readonly crash: ((pauseMs: number) => Promise<void>) | null;
  /** To be called when the services have made their queues, before the first crash. */
  readonly settle: () => Promise<void>;
  close(): Promise<void>;
}

export const TRANSPORTS = ['postgres', 'rabbitmq'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** Uses the broker at `url`, which is left alone. */
export function brokerAt(url: string): Broker {
  return {
    environment: environmentOf(url),
    crash: null,
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** A broker of our own, to be killed. @throws Error where RabbitMQ is not installed */
export async function privateBroker(): Promise<Broker> {
  const node = await RabbitNode.create();
  return {
    environment: environmentOf(node.url),
    crash: async (pauseMs) => {
      await node.kill();
      await delay(pauseMs);
      await node.start();
    },
    settle: () => node.restart(),
    close: () => node.close(),
  };
}

function environmentOf(url: string): Record<string, string> {
  return { ATTUNE__MESSAGING__TRANSPORT: 'rabbitmq', ATTUNE__MESSAGING__URL: url };
}
