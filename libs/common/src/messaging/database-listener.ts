import pg from 'pg';
import { type Logger } from '../logging/logger.js';

type Handler = (payload: string) => void;

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/**
 * One connection outside the pool that listens for `NOTIFY` and reconnects by itself. Notifications only save time:
 * whatever is missed while it is away is found by polling; after a reconnect every handler is called once with `''`.
 *
 * States: idle → (start) connecting ⇄ listening → (stop) stopped. `start` and `stop` may be called twice.
 */
export class DatabaseListener {
  private readonly handlers = new Map<string, Set<Handler>>();
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private retryMs = FIRST_RETRY_MS;
  private stopped = true;

  constructor(
    private readonly url: string,
    private readonly logger: Logger,
    private readonly applicationName = 'attune-listener',
  ) {}

  /** Calls `handler` for each notification on `channel` (a name of our own constants). Gives the way to end that. */
  on(channel: string, handler: Handler): () => void {
    const handlers = this.handlers.get(channel) ?? new Set<Handler>();
    this.handlers.set(channel, handlers.add(handler));
    if (this.client && handlers.size === 1) void this.listen(this.client, channel);
    return () => handlers.delete(handler);
  }

  async start(): Promise<void> {
    if (!this.stopped) return;
    this.stopped = false;
    await this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const client = this.client;
    this.client = undefined;
    client?.removeAllListeners('end');
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: this.applicationName,
      keepAlive: true,
    });
    client.on('error', () => undefined); // always followed by 'end', which reconnects
    client.on('notification', ({ channel, payload }) => this.deliver(channel, payload ?? ''));
    try {
      await client.connect();
      client.once('end', () => this.reconnectLater(client));
      for (const channel of this.handlers.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      this.logger.debug({ err: error }, 'cannot listen for notifications; polling goes on');
      this.reconnectLater(client);
      return;
    }
    if (this.isStopped()) {
      await client.end().catch(() => undefined);
      return;
    }
    this.client = client;
    this.retryMs = FIRST_RETRY_MS;
    for (const channel of this.handlers.keys()) this.deliver(channel, '');
  }

  /** A call, because the flag may change while something is awaited. */
  private isStopped(): boolean {
    return this.stopped;
  }

  private reconnectLater(client: pg.Client): void {
    client.removeAllListeners('end');
    this.client = undefined;
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private async listen(client: pg.Client, channel: string): Promise<void> {
    await client.query(`listen ${client.escapeIdentifier(channel)}`).catch(() => undefined); // a broken connection reconnects and listens again
  }

  private deliver(channel: string, payload: string): void {
    for (const handler of this.handlers.get(channel) ?? []) handler(payload);
  }
}
