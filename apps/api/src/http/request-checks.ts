import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AccessService } from '../access/access.service.js';
import { type AuthenticationService } from '../access/authentication.service.js';
import { installBodyReader } from './body-reader.js';
import { decodeBody, decodeTexts } from './decode.js';
import { beginExchange, exchangeOf } from './exchange.js';
import { type RouteTable } from './route-table.js';
import { PUBLIC_PAGES } from './security-headers.js';

export interface RequestCheckers {
  readonly authentication: AuthenticationService;
  readonly access: AccessService;
  readonly routes: RouteTable;
}

/**
 * Checks every request in the order the contract promises: token (401), path and query (400), body (413, 415, 400, 422).
 * The first two run before the body is read, so a stranger cannot make us read it. Must be installed before the routes.
 */
export function installRequestChecks(
  fastify: FastifyInstance,
  { authentication, access, routes }: RequestCheckers,
): void {
  fastify.decorateRequest('exchange', null);

  fastify.addHook('onRoute', ({ method, url, config }) => {
    if (url === '*') return; // the preflight of every path
    if (!config?.operation && !PUBLIC_PAGES.test(url)) {
      throw new Error(`route ${String(method)} ${url} serves no operation, so nothing would check who may call it`);
    }
    for (const name of Array.isArray(method) ? method : [method]) routes.add(name, url);
  });

  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const { operation } = request.routeOptions.config;
    if (!operation) return;
    const exchange = beginExchange(operation, request, reply);
    request.exchange = exchange;
    if (Array.isArray(operation.auth)) exchange.caller = await authentication.authenticate(operation, exchange.http);
    exchange.params = decodeTexts(operation.params, pathTexts(request), 'path');
    exchange.query = decodeTexts(operation.query, request.query, 'query string');
  });

  installBodyReader(fastify);

  fastify.addHook('preHandler', async (request: FastifyRequest) => {
    if (!request.routeOptions.config.operation) return;
    const exchange = exchangeOf(request);
    const { operation, http, caller } = exchange;
    exchange.body = decodeBody(operation, http.rawBody, http.header('content-type'));
    if (caller) access.requireUntargeted(caller, operation);
    return Promise.resolve();
  });
}

/** The router calls what its wildcard matched `*`. */
function pathTexts({ params }: FastifyRequest): unknown {
  const { '*': rest, ...named } = params as Record<string, unknown>;
  return rest === undefined ? named : { ...named, file_path: rest };
}
