import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import helmet from '@fastify/helmet';
import staticFiles from '@fastify/static';
import { createOpenApiDocument } from '@attune/contract';
import { type FastifyInstance } from 'fastify';
import { VERSION } from '../version.js';

/** Where the interactive page comes from; its files are served by us, so it works without the internet. */
const SWAGGER_UI = join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json')), 'static');

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Attune API</title>
    <link rel="stylesheet" href="./swagger-ui.css" />
    <link rel="icon" href="./favicon-32x32.png" />
  </head>
  <body>
    <div id="page"></div>
    <script src="./swagger-ui-bundle.js"></script>
    <script src="./start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/api-spec/openapi.json', dom_id: '#page', deepLinking: true, persistAuthorization: true });
`;

/** Serves the OpenAPI document and a page to read and try it. */
export function installDocs(fastify: FastifyInstance): void {
  const document = JSON.stringify(createOpenApiDocument(VERSION));
  void fastify.register(async (scope) => {
    await scope.register(helmet, {
      // The page is served over plain HTTP too, so nothing in it may be forced to HTTPS.
      contentSecurityPolicy: { directives: { 'frame-ancestors': ["'none'"], 'upgrade-insecure-requests': null } },
      strictTransportSecurity: false,
    });
    scope.get('/api-spec/openapi.json', (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(document),
    );
    scope.get('/docs', (_request, reply) => reply.code(303).header('location', '/docs/').send());
    scope.get('/docs/', (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
    scope.get('/docs/start.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START));
    await scope.register(staticFiles, { root: SWAGGER_UI, prefix: '/docs/', index: false });
  });
}
