import { type ChannelModel, connect } from 'amqplib';
import { errorCodeOf, messageOf } from '../../errors/domain-error.js';
import { WakeSignal } from '../wake-signal.js';
import { closeSoon } from './close-soon.js';
import { type OutageKind, type OutageLog } from './outage-log.js';
import { untilAborted } from './until-aborted.js';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** A peer that is silent for twice as long is gone, and whatever was sent to it with it. An address may name another value. */
const HEARTBEAT_SECONDS = 10;

const CLOSED = 'the connection to the broker was closed';

export interface BrokerConnectionOptions {
  readonly url: string;
  /** Shown in the broker's list of connections. */
  readonly name: string;
}

/**
 * A connection to RabbitMQ that comes back by itself, with pauses of a quarter of a second to five seconds.
 *
 * States: idle → (start) connecting ⇄ connected → (stop) stopped. `start` and `stop` may be called twice.
 */
export class BrokerConnection {
  private readonly stopping = new AbortController();
  private readonly wakeUp = new WakeSignal();
  private next = Promise.withResolvers<ChannelModel>();
  private loop: Promise<void> | undefined;
  private blocked = false;

  constructor(
    private readonly options: BrokerConnectionOptions,
    private readonly outage: OutageLog,
  ) {
    this.next.promise.catch(() => undefined); // whoever waits is told; often nobody does
  }

  /** The broker takes nothing at the moment: it is short of memory or disk. */
  get isBlocked(): boolean {
    return this.blocked;
  }

  start(): void {
    this.loop ??= this.runUntilStopped();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.next.reject(new Error(CLOSED));
    await this.loop;
  }

  /** The connection; waits until there is one. @throws when it is stopped, or `signal` aborted, meanwhile */
  connected(signal: AbortSignal): Promise<ChannelModel> {
    return untilAborted(this.next.promise, signal);
  }

  private async runUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    let pauseMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        await this.connectOnce();
        pauseMs = FIRST_RETRY_MS;
      } catch (error) {
        this.outage.begins(...explain(error));
        pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS);
      }
      await this.wakeUp.sleep(pauseMs, signal);
    }
  }

  /** Resolves when the connection is over after `stop`. @throws when there is none, or it was lost */
  private async connectOnce(): Promise<void> {
    const { signal } = this.stopping;
    const model = await this.connectUnlessStopped();
    if (model === undefined) return;
    const over = Promise.withResolvers<Error | undefined>();
    model.on('error', () => undefined); // always followed by 'close'
    model.on('close', (error) => over.resolve(error ?? new Error('the broker closed the connection')));
    model.on('blocked', (reason) => this.block(reason));
    model.on('unblocked', () => this.unblock());
    const stop = (): void => over.resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    this.next.resolve(model);
    this.outage.ends('away', 'login');
    this.unblock(); // the connection before may have been lost while it was blocked
    const error = await over.promise;
    signal.removeEventListener('abort', stop);
    this.expectNext();
    if (error !== undefined) throw error;
    await closeSoon(model);
  }

  /** Undefined: stopped meanwhile; what then still comes is closed. */
  private async connectUnlessStopped(): Promise<ChannelModel | undefined> {
    const { signal } = this.stopping;
    const stopped = Promise.withResolvers<undefined>();
    const stop = (): void => stopped.resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    const connecting = connect(withHeartbeat(this.options.url), {
      timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      noDelay: true,
      clientProperties: { connection_name: this.options.name },
    });
    try {
      const model = await Promise.race([connecting, stopped.promise]);
      if (model === undefined) connecting.then(closeSoon, () => undefined);
      return model;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private expectNext(): void {
    this.next = Promise.withResolvers<ChannelModel>();
    this.next.promise.catch(() => undefined);
    if (this.stopping.signal.aborted) this.next.reject(new Error(CLOSED));
  }

  private block(reason: string): void {
    this.blocked = true;
    this.outage.begins('blocked', `it takes no messages: ${reason}`);
  }

  private unblock(): void {
    if (!this.blocked) return;
    this.blocked = false;
    this.outage.ends('blocked');
  }
}

function withHeartbeat(address: string): string {
  const url = new URL(address);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return url.href;
}

/** One line without the password: the library never puts the address into its errors. */
function explain(error: unknown): [OutageKind, string] {
  const message = messageOf(error);
  if (message.includes('ACCESS_REFUSED')) return ['login', 'it refuses the user or the password of messaging.url'];
  if (message.includes('NOT_ALLOWED'))
    return ['login', `it does not open the virtual host of messaging.url: ${message}`];
  // A failed connection to a name with several addresses is an aggregate whose own message is empty.
  return ['away', message === '' ? (errorCodeOf(error) ?? 'no answer') : message];
}
