import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { type Exchange, exchangeOf } from './exchange.js';
import { WithMessage } from './reply.js';

/** Puts results into the envelope of their operation, after making sure that somebody checked the caller's permission. */
@Injectable()
export class EnvelopeInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const exchange = exchangeOf(request);
    return next.handle().pipe(map((result: unknown) => envelope(exchange, result)));
  }
}

function envelope({ operation, caller }: Exchange, result: unknown): unknown {
  if (operation.permission !== null && !caller?.isChecked) {
    throw new Error(`${operation.operationId} did not check the permission ${operation.permission}`);
  }
  switch (operation.success.shape) {
    case 'none':
      return undefined;
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
