import { z } from 'zod';
import { type Page, PaginationMeta } from './envelopes.js';
import { ApiError, ApiUnreachableError } from './errors.js';
import { type AnyOperation } from './operation.js';

type Part<O, K extends 'params' | 'query'> =
  O extends Record<K, infer S extends z.ZodType>
    ? Partial<z.input<S>> extends z.input<S>
      ? Partial<Record<K, z.input<S>>>
      : Record<K, z.input<S>>
    : unknown;

/** What is sent besides JSON: a form or bytes. */
type Upload<O> = O extends { multipart: unknown }
  ? { form: FormData }
  : O extends { rawBody: true }
    ? { bytes: Uint8Array<ArrayBuffer> }
    : unknown;

type Body<O> = O extends { body: infer B extends z.ZodType }
  ? O extends { bodyOptional: true }
    ? { body?: z.input<B> }
    : { body: z.input<B> }
  : unknown;

/** What a call of an operation takes: path parameters, query and body, each only where the operation has one. */
export type CallInput<O extends AnyOperation> = Part<O, 'params'> & Part<O, 'query'> & Body<O> & Upload<O>;

export interface CallOptions {
  /** Replaces the token of the client for this call; null sends none. */
  token?: string | null;
  signal?: AbortSignal;
}

/** What a call of an operation gives: the model without its envelope, a page, bytes, a stream of events, or nothing. */
export type CallResult<O extends AnyOperation> = O['success'] extends {
  shape: infer S;
  model: infer M extends z.ZodType;
}
  ? S extends 'paginated'
    ? Page<z.output<M>>
    : z.output<M>
  : O['success']['shape'] extends 'binary'
    ? Uint8Array<ArrayBuffer>
    : O['success']['shape'] extends 'sse'
      ? ReadableStream<Uint8Array<ArrayBuffer>>
      : undefined;

type CallArguments<O extends AnyOperation> =
  Partial<CallInput<O>> extends CallInput<O>
    ? [input?: CallInput<O> & CallOptions]
    : [input: CallInput<O> & CallOptions];

export interface ClientSettings {
  /** Where the API is, without a trailing slash; may carry a path prefix. */
  baseUrl: string;
  /** The bearer token, or where to get the one that is valid now. */
  token?: string | (() => string | null | Promise<string | null>);
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface ApiClient {
  /** @throws ApiError when the server refuses, ApiUnreachableError when there is no usable answer. */
  call<O extends AnyOperation>(operation: O, ...input: CallArguments<O>): Promise<CallResult<O>>;
}

interface Prepared {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  form?: FormData;
  bytes?: Uint8Array<ArrayBuffer>;
  token?: string | null;
  signal?: AbortSignal;
}

/** A typed client over `fetch`. Holds no state besides its settings, so one may serve any number of calls at once. */
export function createClient(settings: ClientSettings): ApiClient {
  const send = settings.fetch ?? ((url, init) => fetch(url, init));

  async function call(operation: AnyOperation, input: Prepared = {}): Promise<unknown> {
    const token = input.token === undefined ? await currentToken(settings.token) : input.token;
    const url = settings.baseUrl + pathOf(operation, input);
    return exchange(url, async () => {
      const response = await send(url, requestOf(operation, input, token));
      if (response.status !== operation.success.status) {
        throw ApiError.fromBody(response.status, await response.text());
      }
      return read(operation, response);
    });
  }

  // The implementation is untyped; the interface derives its types from the operation's schemas, which check the answer.
  return { call } as ApiClient;
}

async function currentToken(token: ClientSettings['token']): Promise<string | null> {
  return typeof token === 'function' ? await token() : (token ?? null);
}

function requestOf(operation: AnyOperation, input: Prepared, token: string | null): RequestInit {
  const headers: Record<string, string> = { accept: ACCEPTED[operation.success.shape] ?? 'application/json' };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  // Where a redirect leads is the answer; nobody asked to go there.
  const init: RequestInit = { method: operation.method, headers, redirect: 'manual' };
  if (input.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(input.body);
  } else if (input.form) {
    init.body = input.form;
  } else if (input.bytes) {
    headers['content-type'] = 'application/octet-stream';
    init.body = input.bytes;
  }
  if (input.signal) init.signal = input.signal;
  return init;
}

const ACCEPTED: Readonly<Record<string, string>> = { binary: '*/*', sse: 'text/event-stream' };

async function exchange(url: string, ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError || error instanceof ApiUnreachableError || isAbort(error)) throw error;
    throw new ApiUnreachableError(`No answer from ${new URL(url).origin}`, { cause: error });
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

async function read(operation: AnyOperation, response: Response): Promise<unknown> {
  const { shape } = operation.success;
  if (shape === 'sse') return response.body;
  if (shape === 'binary') return new Uint8Array(await response.arrayBuffer());
  return decode(operation, await response.text());
}

function pathOf(operation: AnyOperation, input: Prepared): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(scalarText(input.params?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) query.set(name, scalarText(value));
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError('Path and query parameters are texts, numbers or booleans');
}

function decode({ success, operationId }: AnyOperation, text: string): unknown {
  if (!('model' in success)) return undefined;
  const schema = {
    data: z.object({ data: success.model }).transform((envelope) => envelope.data),
    paginated: z.object({ items: z.array(success.model), pagination: PaginationMeta }),
    raw: success.model,
  }[success.shape];
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new ApiUnreachableError(`The answer to ${operationId} is not what the contract says`, { cause: error });
  }
}
