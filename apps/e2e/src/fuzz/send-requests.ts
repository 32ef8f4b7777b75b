import { Agent, request as httpRequest } from 'node:http';
import { type FuzzRequest } from './fuzz-requests.js';

/** What came back; null for a request that got no answer in time. */
export interface FuzzAnswer {
  readonly status: number | null;
  /** Head and body. */
  readonly text: string;
  readonly tookMs: number;
}

/** Longest time (ms) an answer may take before it counts as a hang. */
const PATIENCE_MS = 30_000;

/** How much (characters) is read of an answer that does not end by itself. */
const ENOUGH = 262_144;

/** Sends requests over a few connections, and tells of each answer as it comes. */
export async function sendRequests(
  baseUrl: string,
  requests: readonly FuzzRequest[],
  tokens: readonly (string | null)[],
  onAnswer: (request: FuzzRequest, answer: FuzzAnswer) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const queue = requests.values();
  const sender = async (): Promise<void> => {
    for (const request of queue) onAnswer(request, await send(agent, baseUrl, request, tokens[request.caller] ?? null));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  agent.destroy();
}

const CONNECTIONS = 8;

function send(agent: Agent, baseUrl: string, request: FuzzRequest, token: string | null): Promise<FuzzAnswer> {
  const started = performance.now();
  const tookMs = (): number => performance.now() - started;
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(request.contentType !== null && { 'content-type': request.contentType }),
    ...(request.body !== null && { 'content-length': Buffer.byteLength(request.body) }),
  };
  return new Promise((resolve) => {
    let text = '';
    const outgoing = httpRequest(baseUrl + request.url, { agent, method: request.method, headers }, (incoming) => {
      const finish = (): void => resolve({ status: incoming.statusCode ?? null, text, tookMs: tookMs() });
      text = `${JSON.stringify(incoming.headers)}\n`;
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > ENOUGH) incoming.destroy();
      });
      incoming.on('close', finish);
      // A stream of events has no end; its head shows that it began.
      if (incoming.headers['content-type']?.startsWith('text/event-stream') === true) incoming.destroy();
    });
    outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (error) => resolve({ status: null, text: error.message, tookMs: tookMs() }));
    outgoing.end(request.body ?? undefined);
  });
}
