import { LOGGER, type Logger, messageOf } from '@attune/common';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { auditedOf } from '../audit/audited.js';
import { refusedAccess } from '../audit/refused-access.js';
import { errorReply } from './error-reply.js';
import { loggableError } from './loggable-error.js';
import { RouteTable } from './route-table.js';

/** Turns every error into an answer, and logs it here and nowhere else. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RouteTable) private readonly routes: RouteTable,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = errorReply(error, request.exchange?.operation);
    // The pattern of the path: the path itself may hold the key of a webhook.
    const path = request.routeOptions.url ?? 'unknown';
    const fields = { requestId: request.id, method: request.method, path, status: answer.status };
    const err = loggableError(error);
    if (answer.isUnavailable) this.logger.warn({ ...fields, reason: messageOf(error) }, 'request refused for now');
    else if (answer.isOurFault) this.logger.error({ ...fields, err }, 'request failed');
    else this.logger.debug({ ...fields, err }, 'request refused');

    const refusal = refusedAccess(request.exchange, answer.status, error);
    if (refusal) this.audit.note(auditedOf(request), refusal);

    if (answer.status === 404 && answer.json === undefined) {
      this.sendUnknownPath(request, reply);
      return;
    }
    void reply.status(answer.status);
    if (answer.json !== undefined) void reply.type('application/json; charset=utf-8').send(answer.json);
    else if (answer.text !== undefined) void reply.type('text/plain; charset=utf-8').send(answer.text);
    else void reply.send();
  }

  /** A path that exists with other methods is told which. */
  private sendUnknownPath(request: FastifyRequest, reply: FastifyReply): void {
    const methods = this.routes.methodsOf(request.url.split('?', 1)[0] ?? '');
    if (methods.length === 0 || methods.includes(request.method)) void reply.status(404).send();
    else void reply.status(405).header('allow', methods.join(', ')).send();
  }
}
