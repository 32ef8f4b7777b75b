import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { VARIABLE, setupVariable } from '../database-kind.js';
import { onBroker } from './on-broker.js';

/** What carries messages between the services. */
export type Transport = 'postgres' | 'rabbitmq';

/**
 * The transports this machine offers, `postgres` always among them. For `describe.each(testTransports())`. A run in which a spec
 * asked and RabbitMQ is missing says so in one line at its end.
 */
export function testTransports(): Transport[] {
  const isMissing = setupVariable(VARIABLE.broker) === '';
  writeFileSync(setupVariable(VARIABLE.brokerAsked), '');
  return isMissing ? ['postgres'] : ['postgres', 'rabbitmq'];
}

/** What a spec file makes at the broker. */
export interface BrokerNames {
  readonly queues: readonly string[];
  readonly exchanges: readonly string[];
}

/** A part of the broker for one spec file: its names begin with `prefix`. */
export interface TestBroker {
  readonly url: string;
  readonly prefix: string;
  /** Removes what was made there. */
  drop(names: BrokerNames): Promise<void>;
}

/** At the broker with that address, or else at the one of this run: only where `testTransports()` has `rabbitmq`. */
export async function createTestBroker(address?: string): Promise<TestBroker> {
  const url = address ?? (await requestBroker());
  return {
    url,
    prefix: `attune-test-${randomBytes(6).toString('hex')}`,
    drop: (names) => removeFromBroker(url, names),
  };
}

async function requestBroker(): Promise<string> {
  const response = await fetch(`${setupVariable(VARIABLE.control)}/broker`);
  if (!response.ok) throw new Error(`no test broker: ${await response.text()}`);
  return response.text();
}

async function removeFromBroker(url: string, { queues, exchanges }: BrokerNames): Promise<void> {
  await onBroker(url, async (channel) => {
    for (const queue of queues) await channel.deleteQueue(queue);
    for (const exchange of exchanges) await channel.deleteExchange(exchange);
  });
}
