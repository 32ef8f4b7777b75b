import { type FastifyRequest } from 'fastify';
import { anonymousOrigin } from '../http/exchange.js';
import { type Audited } from './audit-trail.service.js';

/** Who sent a request, as far as that was found out. */
export const auditedOf = (request: FastifyRequest): Audited =>
  request.exchange?.caller ?? request.exchange?.http ?? { origin: anonymousOrigin(request) };
