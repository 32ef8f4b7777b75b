import { Transform, type Readable } from 'node:stream';
import { DomainError } from '@attune/common';
import { type AnyOperation } from '@attune/contract';
import { type FastifyInstance } from 'fastify';
import { UnreadableRequest } from './rejections.js';

/** Largest body taken (bytes) where the operation says nothing else. */
export const BODY_LIMIT = 2 * 1024 * 1024;

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Bodies stay bytes: signatures are over bytes, and reading JSON comes after the checks that need no body. Forms and files are
 * not even read: whoever wants one reads it while it comes. Nobody gets more than the operation allows.
 */
export function installBodyReader(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request, payload, done) => {
    const { operation } = request.routeOptions.config;
    const limit = operation?.bodyLimit ?? BODY_LIMIT;
    const tooLarge = (): Error => tooLargeFor(operation, limit);
    if (Number(request.headers['content-length']) > limit) done(tooLarge());
    else if (isStreamed(operation, request.headers['content-type'])) done(null, limited(payload, limit, tooLarge));
    else readWhole(payload, limit, tooLarge, done);
  });
}

const isStreamed = (operation: AnyOperation | undefined, contentType: string | undefined): boolean =>
  operation?.rawBody === true ||
  (operation?.multipart !== undefined && /^multipart\/form-data\s*;/i.test(contentType ?? ''));

/** As the contract promises: a form that is too large is a mistake like others, everything else is not even read. */
function tooLargeFor(operation: AnyOperation | undefined, limit: number): Error {
  const message = `The body is larger than ${limit} bytes`;
  return operation?.multipart ? new DomainError('request.bad_request', message) : new UnreadableRequest(413, message);
}

const cutShort = (): Error => new UnreadableRequest(400, 'The body ended before it was complete');

function readWhole(payload: Readable, limit: number, tooLarge: () => Error, done: Done): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limit) settle(tooLarge());
    else chunks.push(chunk);
  };
  const settle = (error: Error | null): void => {
    payload.off('data', take).off('end', end).off('close', fail);
    done(error, error === null ? Buffer.concat(chunks, size) : undefined);
  };
  const end = (): void => settle(null);
  const fail = (): void => settle(cutShort());
  // Left in place: a connection may still break after we have what we want.
  payload.on('error', () => undefined);
  payload.on('data', take).once('end', end).once('close', fail);
}

/** The same bytes, until there are too many. The request itself is not destroyed: it still gets its answer. */
function limited(payload: Readable, limit: number, tooLarge: () => Error): Readable {
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      size += chunk.length;
      if (size > limit) next(tooLarge());
      else next(null, chunk);
    },
  });
  payload.on('error', () => undefined);
  payload.once('close', () => {
    if (!payload.readableEnded) counted.destroy(cutShort());
  });
  // Nobody may be reading it yet, or ever; whoever does has a listener of their own.
  counted.on('error', () => undefined);
  return payload.pipe(counted);
}
