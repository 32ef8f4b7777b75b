import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type LookupFunction } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import { DomainError, messageOf } from '@attune/common';
import { resolveHost } from './public-address.js';
import { hostOf, readHttpUrl, type SourceRules, sourceProblem } from './source-rules.js';

const MAX_REDIRECTS = 5;

export interface FetchOptions {
  readonly rules: SourceRules;
  /** Sent to the first host only: a redirect must not carry secrets elsewhere. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Largest body (bytes). */
  readonly maxBytes: number;
  /** From the first look-up to the last byte (ms). */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches something and hands its body to `read` while it comes. Every host on the way, after redirects too, is held
 * against the rules, and the connection goes to the very address that was checked.
 *
 * @throws DomainError when the rules forbid it or it cannot be had; whatever `read` throws
 */
export async function fetchGuarded<Result>(
  address: string,
  options: FetchOptions,
  read: (body: Transform) => Promise<Result>,
): Promise<Result> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  try {
    const response = await follow(address, options, signal);
    const body = new Transform({ transform: limitTo(options.maxBytes) });
    response
      .once('error', (error) => body.destroy(error))
      .once('aborted', () => body.destroy(new Error('connection lost')));
    const onAbort = (): void => void response.destroy(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    response.pipe(body);
    try {
      return await read(body);
    } finally {
      signal.removeEventListener('abort', onAbort);
      response.destroy();
    }
  } catch (error) {
    if (timeout.aborted)
      throw sourceProblem(`${withoutQuery(address)} took longer than ${options.timeoutMs / 1000} seconds`);
    if (error instanceof DomainError) throw error;
    throw sourceProblem(`${withoutQuery(address)} cannot be fetched: ${messageOf(error)}`, error);
  }
}

async function follow(
  first: string,
  { rules, headers = {} }: FetchOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let url = readHttpUrl(first, rules);
  const { origin } = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await ask(url, { rules, headers: url.origin === origin ? headers : {} }, signal);
    const { statusCode = 0 } = response;
    if (statusCode === 200) return response;
    response.destroy();
    const target = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(statusCode) || target === undefined) {
      throw sourceProblem(`${withoutQuery(url.href)} answered ${statusCode}`);
    }
    if (!URL.canParse(target, url.href)) throw sourceProblem(`${withoutQuery(url.href)} redirects to no valid URL`);
    url = readHttpUrl(new URL(target, url).href, rules);
  }
  throw sourceProblem(`${withoutQuery(first)} redirects more than ${MAX_REDIRECTS} times`);
}

async function ask(
  url: URL,
  { rules, headers }: { readonly rules: SourceRules; readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const addresses = await resolveHost(hostOf(url), rules);
  const lookup: LookupFunction = (_host, { all }, done) => {
    const [{ address, family } = { address: '', family: 0 }] = addresses;
    if (all === true) done(null, addresses);
    else done(null, address, family);
  };
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    send(url, {
      agent: false,
      lookup,
      signal,
      headers: { 'user-agent': 'attune', accept: '*/*', 'accept-encoding': 'identity', ...headers },
    })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
}

function limitTo(maxBytes: number): (chunk: Uint8Array, encoding: string, done: TransformCallback) => void {
  let seen = 0;
  return (chunk, _encoding, done) => {
    seen += chunk.length;
    if (seen > maxBytes) done(sourceProblem(`What was fetched is larger than ${maxBytes} bytes`));
    else done(null, chunk);
  };
}

/** For messages: what follows the question mark may be a secret. */
export function withoutQuery(address: string): string {
  if (!URL.canParse(address)) return 'The source';
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}
