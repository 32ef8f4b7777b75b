import { type FastifyInstance } from 'fastify';

/** How long (s) a browser remembers that this address is to be asked over HTTPS only. */
const HSTS = { 'strict-transport-security': `max-age=${180 * 86_400}` };

/**
 * What a browser may do with an answer: show it, and nothing else. It is data, some of it was stored by others, and in some of it
 * are tokens.
 */
const DATA_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The documentation: open to everybody, no part of the contract, and its pages say themselves what they may do. */
export const PUBLIC_PAGES = /^\/(docs|api-spec)(\/|$)/;

/**
 * Gives every answer the headers that keep browsers from doing what nobody meant. Must be installed before everything that may
 * answer a request. Constants, because helmet takes 20 µs for each request, a tenth of what a webhook costs; pages use it.
 *
 * HTTPS is insisted on only where we are reached by it: over plain HTTP the header means nothing, and one sent by mistake
 * locks people out for months.
 */
export function installSecurityHeaders(fastify: FastifyInstance, { publicUrl }: { readonly publicUrl: string }): void {
  const forAll = publicUrl.startsWith('https:') ? HSTS : {};
  const forData = { ...DATA_HEADERS, ...forAll };
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(PUBLIC_PAGES.test(request.routeOptions.url ?? '') ? forAll : forData);
    done();
  });
}
