import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** How much (bytes) may wait for a client that reads slowly, before its connection is dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Keeps proxies from closing a connection on which nothing happens, and finds out that the client is gone. */
const COMMENT_INTERVAL_MS = 15_000;

/** One event as it is written: `event` and `id` where the stream has them. */
export interface ServerSentEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data: unknown;
}

/**
 * A stream of server-sent events to one client. What is sent is never awaited: a client that does not keep up is dropped, and
 * comes back by itself.
 *
 * States: open → (end, drop, or the client leaves) closed. All calls are harmless after the end.
 */
export class EventStream {
  private readonly body = new Readable({ read: () => undefined, highWaterMark: MAX_WAITING_BYTES });
  private readonly comments: NodeJS.Timeout;
  /** Set with the last byte: a body takes nothing after its end, though it may not have been read yet. */
  private hasEnded = false;

  /** Aborted when the stream is closed, for whatever reason. */
  readonly closed: AbortSignal;

  /** @param left aborted when the client goes away */
  constructor(left: AbortSignal) {
    const closed = new AbortController();
    this.closed = closed.signal;
    this.comments = setInterval(() => this.write(':\n\n'), COMMENT_INTERVAL_MS);
    this.body.once('close', () => {
      clearInterval(this.comments);
      closed.abort();
    });
    if (left.aborted) this.drop();
    else left.addEventListener('abort', () => this.drop(), { once: true });
    // Something has to go out for the client to see that it is connected.
    this.write(': connected\n\n');
  }

  send({ event, id, data }: ServerSentEvent): void {
    const name = event === undefined ? '' : `event: ${event}\n`;
    const position = id === undefined ? '' : `id: ${id}\n`;
    this.write(`${name}${position}data: ${JSON.stringify(data)}\n\n`);
  }

  /** The client gets what was sent, and then the end. */
  end(): void {
    if (this.hasEnded || this.body.destroyed) return;
    this.hasEnded = true;
    clearInterval(this.comments);
    this.body.push(null);
  }

  /** Ends the connection at once. */
  drop(): void {
    this.body.destroy();
  }

  /** For the answer of a controller. */
  toReply(): StreamableFile {
    return new StreamableFile(this.body, { type: 'text/event-stream' });
  }

  private write(text: string): void {
    if (this.hasEnded || this.body.destroyed) return;
    if (!this.body.push(text) && this.body.readableLength > MAX_WAITING_BYTES) this.drop();
  }
}
