import { type ConfirmChannel, connect } from 'amqplib';

/** Does something at the broker, on a connection of its own. */
export async function onBroker<T>(url: string, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
  const model = await connect(url, { timeout: 5_000 });
  model.on('error', () => undefined); // whatever was asked for then fails
  try {
    return await work(await model.createConfirmChannel());
  } finally {
    await model.close().catch(() => undefined);
  }
}
