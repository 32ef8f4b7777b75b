import { type Channel, type ChannelModel } from 'amqplib';

/** How long (ms) the broker may take to say goodbye. */
const GOODBYE_MS = 2_000;

/** Closes a channel or a connection without waiting for long: a broker that hangs must not keep the process. Never throws. */
export async function closeSoon(closable: Pick<Channel | ChannelModel, 'close' | 'once'>): Promise<void> {
  const gone = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => gone.resolve(undefined), GOODBYE_MS);
  // The answer to `close` never comes when the connection breaks while it is awaited.
  closable.once('close', () => gone.resolve(undefined));
  await Promise.race([closable.close().catch(() => undefined), gone.promise]);
  clearTimeout(timer);
}
