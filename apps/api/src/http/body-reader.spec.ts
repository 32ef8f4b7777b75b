import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type AnyOperation, operations } from '@attune/contract';
import Fastify, { type FastifyInstance } from 'fastify';
import { BODY_LIMIT, installBodyReader } from './body-reader.js';
import { errorReply } from './error-reply.js';

describe('bodies', () => {
  let fastify: FastifyInstance;

  const serve = (path: string, operation: AnyOperation): void => {
    fastify.post(path, { config: { operation } }, async ({ body }) => ({
      isStream: body instanceof Readable,
      size: (Buffer.isBuffer(body) ? body : await buffer(body as Readable)).length,
    }));
  };

  beforeAll(async () => {
    fastify = Fastify();
    installBodyReader(fastify);
    fastify.setErrorHandler((error, _request, reply) => {
      const { status, json, text } = errorReply(error, undefined);
      void reply.code(status).send(json ?? text);
    });
    serve('/json', operations.createPack);
    serve('/form', { ...operations.uploadPack, bodyLimit: 3 * BODY_LIMIT });
    serve('/bytes', { ...operations.createPack, rawBody: true, bodyLimit: 100 });
    await fastify.ready();
  });
  afterAll(() => fastify.close());

  const send = (url: string, size: number, { type = 'application/json', isChunked = false } = {}) =>
    fastify.inject({
      method: 'POST',
      url,
      headers: { 'content-type': type, ...(isChunked && { 'transfer-encoding': 'chunked' }) },
      payload: isChunked ? Readable.from([Buffer.alloc(size / 2), Buffer.alloc(size - size / 2)]) : Buffer.alloc(size),
    });
  const form = { type: 'multipart/form-data; boundary=x' };

  it('are read whole up to the usual limit', async () => {
    for (const isChunked of [false, true]) {
      expect((await send('/json', BODY_LIMIT, { isChunked })).json()).toEqual({ isStream: false, size: BODY_LIMIT });
      const large = await send('/json', BODY_LIMIT + 2, { isChunked });
      expect([large.statusCode, large.payload]).toEqual([413, 'The body is larger than 2097152 bytes']);
    }
  });

  it('come as they are where a form or bytes are wanted, up to the limit of the operation', async () => {
    for (const isChunked of [false, true]) {
      const fitting = await send('/form', 3 * BODY_LIMIT, { ...form, isChunked });
      expect(fitting.json()).toEqual({ isStream: true, size: 3 * BODY_LIMIT });
      const large = await send('/form', 3 * BODY_LIMIT + 2, { ...form, isChunked });
      expect([large.statusCode, large.json()]).toEqual([
        400,
        { error: 'The body is larger than 6291456 bytes', code: 'BAD_REQUEST' },
      ]);
      expect((await send('/bytes', 100, { type: 'image/png', isChunked })).json()).toEqual({
        isStream: true,
        size: 100,
      });
      expect((await send('/bytes', 102, { type: 'image/png', isChunked })).statusCode).toBe(413);
    }
  });

  it('are read whole where a form is not wanted, or not sent', async () => {
    expect((await send('/json', 10, form)).json()).toEqual({ isStream: false, size: 10 });
    expect((await send('/form', 10)).json()).toEqual({ isStream: false, size: 10 });
  });
});
