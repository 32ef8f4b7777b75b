import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A bad network in front of a server: connections that break, are refused, or on which no answer comes any more. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private isClosed = false;
  private isMute = false;
  private refusals = 0;

  private constructor(
    private readonly listener: Server,
    readonly port: number,
  ) {}

  static async open(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const listener = createServer();
    listener.listen({ host: '127.0.0.1', port: 0 });
    await once(listener, 'listening');
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
    const proxy = new TcpProxy(listener, address.port);
    listener.on('connection', (client) => proxy.accept(client, target));
    return proxy;
  }

  /** The same address, through here. */
  through(address: string): string {
    const url = new URL(address);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** Connections open right now. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Connections refused so far. */
  get refused(): number {
    return this.refusals;
  }

  /** Breaks every connection; new ones may come at once. */
  cut(): void {
    for (const pair of this.pairs) this.part(pair);
  }

  /** Breaks every connection and refuses new ones. */
  refuse(): void {
    this.isClosed = true;
    this.cut();
  }

  /** From now on what clients say arrives, but nothing the server says. */
  mute(): void {
    this.isMute = true;
    for (const { server } of this.pairs) server.pause();
  }

  /** All is well again; answers that were held back arrive. */
  mend(): void {
    this.isClosed = false;
    this.isMute = false;
    for (const { server } of this.pairs) server.resume();
  }

  async close(): Promise<void> {
    this.refuse();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private accept(client: Socket, target: { readonly host: string; readonly port: number }): void {
    if (this.isClosed) {
      this.refusals += 1;
      client.destroy();
      return;
    }
    const server = connect(target);
    const pair = { client, server };
    this.pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => this.part(pair));
    }
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => client.write(chunk));
    if (this.isMute) server.pause();
  }

  private part(pair: Pair): void {
    this.pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  }
}
