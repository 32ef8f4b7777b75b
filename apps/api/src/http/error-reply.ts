import { type AnyOperation, type ErrorCode as WireCode, operations } from '@attune/contract';
import {
  constraintOf,
  DomainError,
  type ErrorProblem,
  isConnectionLost,
  messageOf,
  SQLSTATE,
  sqlStateOf,
  TransientError,
} from '@attune/common';
import { HttpException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { TokenRejected, UnreadableRequest } from './rejections.js';

/** What a failed request gets. `text` is sent as plain text, `json` as JSON, neither means no body. */
export interface ErrorReply {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  /** Something a person must look at, in contrast to a caller's mistake. */
  readonly isOurFault?: boolean;
  /** The database is away: nothing is wrong with the service, and the same request may succeed later. */
  readonly isUnavailable?: boolean;
}

interface WireProblem {
  readonly status: number;
  readonly code: WireCode;
}

const PROBLEMS: Readonly<Record<ErrorProblem, WireProblem>> = {
  bad_request: { status: 400, code: 'BAD_REQUEST' },
  unauthenticated: { status: 401, code: 'UNAUTHORIZED' },
  forbidden: { status: 403, code: 'FORBIDDEN' },
  not_found: { status: 404, code: 'NOT_FOUND' },
  conflict: { status: 409, code: 'CONFLICT' },
  too_large: { status: 413, code: 'BAD_REQUEST' },
  invalid: { status: 422, code: 'VALIDATION_ERROR' },
  unprocessable: { status: 422, code: 'UNPROCESSABLE_ENTITY' },
  rate_limited: { status: 429, code: 'TOO_MANY_REQUESTS' },
  not_implemented: { status: 501, code: 'NOT_IMPLEMENTED' },
  unavailable: { status: 503, code: 'INTERNAL_SERVER_ERROR' },
};

/** Decides what to answer to an error. Says nothing about the inside of the service to the caller. */
export function errorReply(error: unknown, operation: AnyOperation | undefined): ErrorReply {
  if (error instanceof DomainError) return problemReply(PROBLEMS[error.problem], error.message);
  if (error instanceof UnreadableRequest) return { status: error.status, text: error.message };
  if (error instanceof TokenRejected) return tokenReply(error.message, operation);
  if (error instanceof HttpException) return frameworkReply(error);
  if (isConnectionLost(error) || error instanceof TransientError) {
    const status = { status: 503, code: 'DATABASE_ERROR' } as const;
    return { ...problemReply(status, 'The database is not available at the moment'), isUnavailable: true };
  }
  if (error instanceof QueryFailedError) return databaseReply(error);
  const status = { status: 500, code: 'INTERNAL_SERVER_ERROR' } as const;
  return { ...problemReply(status, 'Something went wrong inside the service'), isOurFault: true };
}

const problemReply = ({ status, code }: WireProblem, error: string): ErrorReply => ({ status, json: { error, code } });

/** `GET /auth/me` answers in the usual words; everything else in those of the token check. */
function tokenReply(message: string, operation: AnyOperation | undefined): ErrorReply {
  if (operation === operations.getCurrentUser) return problemReply(PROBLEMS.unauthenticated, message);
  return { status: 401, json: { error: { code: 401, message } } };
}

/**
 * What the framework refuses by itself: unknown paths without a body, unreadable requests in plain text. 503 is how the
 * health checks say no.
 */
function frameworkReply(error: HttpException): ErrorReply {
  const status = error.getStatus();
  const body = error.getResponse();
  if (status === 503) return { status, ...(typeof body === 'object' && { json: body }) };
  return status === 404 || status === 405 ? { status } : { status, text: error.message };
}

/** Rules of the schema that a request broke; anything else the database says is ours to look at. */
function databaseReply(error: unknown): ErrorReply {
  const state = sqlStateOf(error) ?? '';
  const where = constraintOf(error);
  switch (state) {
    case SQLSTATE.uniqueViolation:
      return problemReply(PROBLEMS.conflict, `This already exists${where === undefined ? '' : ` (${where})`}`);
    case SQLSTATE.foreignKeyViolation:
      return problemReply(
        PROBLEMS.unprocessable,
        `Something this refers to does not exist, or still refers to it (${where ?? 'reference'})`,
      );
    case SQLSTATE.checkViolation:
      return problemReply(PROBLEMS.unprocessable, `A value breaks the rule ${where ?? 'of its column'}`);
    case SQLSTATE.raiseException:
      return problemReply(PROBLEMS.bad_request, messageOf(error));
    default:
      // Classes 22 and 54: a value no column can hold, such as text with a NUL or JSON nested a hundred thousand deep.
      if (state.startsWith('22') || state.startsWith('54'))
        return problemReply(PROBLEMS.unprocessable, 'A value cannot be stored');
      return {
        ...problemReply({ status: 500, code: 'DATABASE_ERROR' }, 'The database refused the request'),
        isOurFault: true,
      };
  }
}
