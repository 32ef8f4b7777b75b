import { VARIABLE } from '../database-kind.js';
import { onBroker } from './on-broker.js';
import { hasRabbitProgram } from './rabbit-node.js';

/** Where a broker of the machine listens. */
const USUAL = 'amqp://guest:guest@127.0.0.1:5672';

/** The address of a running RabbitMQ; `private`: none runs, but one can be started; null: there is none. */
export async function findBroker(): Promise<string | null> {
  const external = process.env[VARIABLE.externalBroker];
  if (external !== undefined) return external;
  if (await answers(USUAL)) return USUAL;
  return hasRabbitProgram() ? PRIVATE_BROKER : null;
}

export const PRIVATE_BROKER = 'private';

async function answers(url: string): Promise<boolean> {
  try {
    await onBroker(url, () => Promise.resolve());
    return true;
  } catch {
    return false;
  }
}
