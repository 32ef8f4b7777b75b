import { AddressList, NestLogger, type Platform } from '@attune/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { AccessService } from './access/access.service.js';
import { AuthenticationService } from './access/authentication.service.js';
import { AppModule } from './app.module.js';
import { AuditTrail } from './audit/audit-trail.service.js';
import { installRequestAudit, noteRequest } from './audit/install-request-audit.js';
import { installDocs } from './docs/install-docs.js';
import { BODY_LIMIT } from './http/body-reader.js';
import { installCors } from './http/install-cors.js';
import { installRequestChecks } from './http/request-checks.js';
import { newRequestId } from './http/request-id.js';
import { releaseConnections } from './http/release-connections.js';
import { RouteTable } from './http/route-table.js';
import { installSecurityHeaders } from './http/security-headers.js';

/** Longest path segment; refs have up to 255 characters, each of which may be escaped. */
const MAX_SEGMENT_LENGTH = 1_024;

/** How long (ms) a client may take to send a request. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Builds the application, ready to listen or to be asked in-process. */
export async function createApp(platform: Platform): Promise<NestFastifyApplication> {
  const proxies = new AddressList(platform.config.server.trustedProxies);
  const refuse = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void =>
    refuseUrl(app.get(AuditTrail), error, request, reply);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    genReqId: newRequestId,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_SEGMENT_LENGTH },
    frameworkErrors: refuse,
    // The client is the last of X-Forwarded-For that is no proxy of ours; without proxies the header is not read.
    trustProxy: (address) => proxies.has(address),
  });
  // A failed start is reported by runService; the framework would abort the process before that.
  const options = { logger: new NestLogger(platform.logger), abortOnError: false, bodyParser: false };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the class of the options is not exported
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(platform), adapter, options);
  const fastify = app.getHttpAdapter().getInstance();
  releaseConnections(fastify);
  installSecurityHeaders(fastify, platform.config.server);
  installRequestAudit(fastify, app.get(AuditTrail));
  await installCors(fastify, platform.config.server);
  installRequestChecks(fastify, {
    authentication: app.get(AuthenticationService),
    access: app.get(AccessService),
    routes: app.get(RouteTable),
  });
  installDocs(fastify);
  await app.init();
  return app;
}

/** A URL the router cannot read never reaches our hooks and our error filter. */
function refuseUrl(audit: AuditTrail, error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once('finish', () => noteRequest(audit, request, reply));
  void reply
    .header('x-request-id', request.id)
    .header('x-content-type-options', 'nosniff')
    .code(error.statusCode ?? 400)
    .type('text/plain; charset=utf-8')
    .send(error.message);
}
