import { setTimeout as delay } from 'node:timers/promises';
import { type ApiClient, ApiError, createClient } from '@attune/contract';
import { type Answer } from './offer.js';

/** Longer than any API is frozen. */
const ANSWER_WITHIN_MS = 20_000;
const RETRY_MS = 100;
/** Both APIs may be down for as long as the longest pause and a start take. */
const SEND_WITHIN_MS = 60_000;

/** What an accepted request says. */
export type Accepted = Pick<Extract<Answer, { outcome: 'accepted' }>, 'id' | 'status'>;

/** A caller as callers should be: a refused connection was no request, so it goes to the other API; anything else is not repeated. */
export class RetryingClient {
  private readonly clients: readonly ApiClient[];

  constructor(urls: readonly string[], token: string) {
    this.clients = urls.map((baseUrl) => createClient({ baseUrl, token }));
  }

  /** Sends a request, to the API of that number first. Never rejects. */
  async send(first: number, request: (client: ApiClient, signal: AbortSignal) => Promise<Accepted>): Promise<Answer> {
    const deadline = performance.now() + SEND_WITHIN_MS;
    for (let attempt = 0; performance.now() < deadline; attempt += 1) {
      const client = this.clients[(first + attempt) % this.clients.length];
      if (client === undefined) throw new Error('no API to send to');
      try {
        return { outcome: 'accepted', ...(await request(client, AbortSignal.timeout(ANSWER_WITHIN_MS))) };
      } catch (error) {
        if (!isRefusedConnection(error)) return answerOf(error);
      }
      await delay(RETRY_MS);
    }
    return { outcome: 'unsent', reason: 'no API was there' };
  }
}

function answerOf(error: unknown): Answer {
  if (error instanceof ApiError) {
    const reason = `${error.status} ${error.message}`;
    return { outcome: error.status < 500 ? 'refused' : 'unknown', reason };
  }
  return { outcome: 'unknown', reason: String(error) };
}

/** `fetch` wraps the error of the socket, and the client that of `fetch`. */
function isRefusedConnection(error: unknown): boolean {
  for (let cause = error; Error.isError(cause); cause = cause.cause) {
    if ('code' in cause && cause.code === 'ECONNREFUSED') return true;
  }
  return false;
}
