import { Readable } from 'node:stream';
import { type AnyOperation } from '@attune/contract';
import { type AuditOrigin } from '@attune/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Caller } from '../access/caller.js';
import { clientAddress } from './client-address.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation a route serves; every route but the documentation has one. */
    operation?: AnyOperation;
  }
  interface FastifyRequest {
    /** Filled step by step by the request checks. */
    exchange: Exchange | null;
  }
}

/** The few things of HTTP itself that a use case may need. */
export interface HttpExchange {
  readonly requestId: string;
  /** Address of the client: the other end of the connection, or what a trusted proxy there says; `::` when it says nonsense. */
  readonly ip: string;
  /** For the audit log: from where, and nobody in particular. A caller has an origin of its own. */
  readonly origin: AuditOrigin;
  /** The body as it came; empty without one. */
  readonly rawBody: Buffer;
  /** The body of an operation that reads it itself (forms and bytes), not read yet. */
  readonly bodyStream: Readable;
  /** Aborted when the client goes away before it has the whole answer. */
  readonly closed: AbortSignal;
  header(name: string): string | undefined;
  /** Adds a cookie to the answer, as the text of `Set-Cookie`. */
  setCookie(cookie: string): void;
  setHeader(name: string, value: string): void;
  /** Answers with another success than the usual one of the operation. */
  setStatus(status: number): void;
}

/** One request on its way through the checks. */
export interface Exchange {
  readonly operation: AnyOperation;
  readonly http: HttpExchange;
  caller: Caller | null;
  params: unknown;
  query: unknown;
  body: unknown;
}

/** @throws Error when the route was registered without an operation: a mistake of the code */
export function exchangeOf(request: FastifyRequest): Exchange {
  if (!request.exchange) throw new Error(`${request.method} ${request.url} serves no operation`);
  return request.exchange;
}

export function beginExchange(operation: AnyOperation, request: FastifyRequest, reply: FastifyReply): Exchange {
  return {
    operation,
    http: {
      requestId: request.id,
      ip: clientAddress(request.ip),
      origin: anonymousOrigin(request),
      get rawBody() {
        return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      },
      header: (name) => {
        const value = request.headers[name.toLowerCase()];
        return Array.isArray(value) ? value[0] : value;
      },
      get bodyStream() {
        return request.body instanceof Readable ? request.body : Readable.from([]);
      },
      get closed() {
        return closedSignal(reply);
      },
      setCookie: (cookie) => void reply.header('set-cookie', cookie),
      setHeader: (name, value) => void reply.header(name, value),
      setStatus: (status) => void reply.status(status),
    },
    caller: null,
    params: undefined,
    query: undefined,
    body: undefined,
  };
}

/** Nobody in particular, at the address of the client. */
export const anonymousOrigin = ({ id, ip, headers }: FastifyRequest): AuditOrigin => ({
  identityId: null,
  login: null,
  tokenType: null,
  ip: clientAddress(ip),
  userAgent: headers['user-agent'] ?? null,
  requestId: id,
  chain: {},
});

/** Made when somebody asks: most answers are there at once. */
function closedSignal(reply: FastifyReply): AbortSignal {
  const closed = new AbortController();
  if (reply.raw.destroyed) closed.abort();
  else reply.raw.once('close', () => closed.abort());
  return closed.signal;
}
