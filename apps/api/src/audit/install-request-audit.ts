import { DomainError } from '@attune/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AuditTrail } from './audit-trail.service.js';
import { auditedOf } from './audited.js';
import { auditedPath, isAudited } from './audited-path.js';

/** How long (ms) a request waits when the log is full, before it is refused: what cannot be noted must not happen. */
const ROOM_WAIT_MS = 5_000;

/** The status of a request whose sender went away before there was an answer. */
const CLIENT_CLOSED = 499;

/** Gives every answer the id of its request, and notes the request, however it ends. Must be installed before everything that may answer one. */
export function installRequestAudit(fastify: FastifyInstance, audit: AuditTrail): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (!isAudited(request.url)) return;
    if (!(await audit.room(ROOM_WAIT_MS))) {
      throw new DomainError('request.unavailable', 'The audit log cannot be written at the moment');
    }
    noteWhenAnswered(audit, request, reply);
  });
  // After the last request, and before the pool closes.
  fastify.addHook('onClose', () => audit.flush());
}

/** Not in the hook for answers: that one is not called when the sender goes away, and whoever does so could act unseen. */
function noteWhenAnswered(audit: AuditTrail, request: FastifyRequest, reply: FastifyReply): void {
  let isNoted = false;
  const note = (): void => {
    if (isNoted) return;
    isNoted = true;
    noteRequest(audit, request, reply);
  };
  reply.raw.once('finish', note);
  reply.raw.once('close', note);
}

export function noteRequest(audit: AuditTrail, request: FastifyRequest, reply: FastifyReply): void {
  audit.noteRequest(auditedOf(request), {
    method: request.method,
    path: auditedPath(request.url, request.exchange?.operation),
    status: reply.raw.headersSent ? reply.raw.statusCode : CLIENT_CLOSED,
    durationMs: reply.elapsedTime,
  });
}
