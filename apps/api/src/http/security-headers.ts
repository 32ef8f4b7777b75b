import helmet from '@fastify/helmet';
import { type FastifyInstance } from 'fastify';

/** How long (s) a browser remembers that this address is to be asked over HTTPS only. */
const HSTS_SECONDS = 180 * 86_400;

/**
 * What an answer of the API may do in a browser: nothing. It is data, and some of it was stored by others.
 */
const DATA_POLICY = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    sandbox: [],
  },
};

/** What a page of ours may do: load and ask what comes from the same address. For a page's own `content-security-policy`. */
export const PAGE_POLICY = [
  "default-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "script-src-attr 'none'",
  "style-src 'self' 'unsafe-inline'",
].join('; ');

/**
 * Gives every answer the headers that keep browsers from doing what nobody meant. Must be installed before everything that may
 * answer a request. HTTPS is insisted on only where we are reached by it: over plain HTTP the header means nothing, and one
 * sent by mistake locks people out for months.
 */
export async function installSecurityHeaders(
  fastify: FastifyInstance,
  { publicUrl }: { publicUrl: string },
): Promise<void> {
  const isHttps = publicUrl.startsWith('https:');
  await fastify.register(helmet, {
    contentSecurityPolicy: DATA_POLICY,
    strictTransportSecurity: isHttps && { maxAge: HSTS_SECONDS, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
  });
  // Tokens and secrets are in answers, and whatever is asked for twice may have changed.
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.operation) reply.raw.setHeader('cache-control', 'no-store');
    done();
  });
}
