import cors from '@fastify/cors';
import { type FastifyInstance } from 'fastify';

/**
 * Lets the web pages of these origins ask us, with cookies. Must be installed before the checks of requests: a page that may ask
 * must also be able to read why it was refused.
 */
export async function installCors(
  fastify: FastifyInstance,
  { corsOrigins }: { readonly corsOrigins: readonly string[] },
): Promise<void> {
  await fastify.register(cors, {
    origin: [...corsOrigins],
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Accept'],
    exposedHeaders: ['X-Request-Id'],
  });
}
