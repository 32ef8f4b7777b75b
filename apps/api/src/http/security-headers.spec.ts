import Fastify from 'fastify';
import { installSecurityHeaders } from './security-headers.js';

describe('the headers of every answer', () => {
  const headersAt = async (publicUrl: string) => {
    const fastify = Fastify();
    installSecurityHeaders(fastify, { publicUrl });
    const { headers } = await fastify.inject({ url: '/nothing' });
    await fastify.close();
    return headers;
  };

  it('insist on HTTPS only where we are reached by it', async () => {
    expect((await headersAt('http://attune.test'))['strict-transport-security']).toBeUndefined();
    expect((await headersAt('https://attune.test'))['strict-transport-security']).toBe('max-age=15552000');
  });
});
