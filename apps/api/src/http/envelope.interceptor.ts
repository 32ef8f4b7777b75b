import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { map, type Observable, tap } from 'rxjs';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { privilegedAccess } from '../audit/privileged-access.js';
import { type Exchange, exchangeOf } from './exchange.js';
import { WithMessage } from './reply.js';

/** Puts results into the envelope of their operation, after making sure that somebody checked the caller's permission. */
@Injectable()
export class EnvelopeInterceptor implements NestInterceptor {
  constructor(@Inject(AuditTrail) private readonly audit: AuditTrail) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const exchange = exchangeOf(request);
    return next.handle().pipe(
      map((result: unknown) => envelope(exchange, result)),
      tap(() => this.notePrivileged(exchange)),
    );
  }

  private notePrivileged({ operation, caller, params }: Exchange): void {
    const access = privilegedAccess(operation, params);
    if (caller && access) this.audit.note(caller, access);
  }
}

function envelope({ operation, caller }: Exchange, result: unknown): unknown {
  if (operation.permission !== null && !caller?.isChecked) {
    throw new Error(`${operation.operationId} did not check the permission ${operation.permission}`);
  }
  switch (operation.success.shape) {
    case 'none':
      return result instanceof StreamableFile ? result : undefined;
    case 'raw':
    case 'binary':
    case 'sse':
      return result;
    case 'paginated':
      return result;
    case 'data':
      return isWithMessage(result) ? { data: result.data, message: result.message } : { data: result };
  }
}

const isWithMessage = (result: unknown): result is WithMessage<unknown> => result instanceof WithMessage;
