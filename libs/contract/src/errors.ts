import { z } from 'zod';
import { response } from './define.js';
import { int32, json, omittable, text } from './fields.js';

/** Stable machine-readable reasons. */
export const errorCodes = [
  'BAD_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'UNPROCESSABLE_ENTITY',
  'VALIDATION_ERROR',
  'TOO_MANY_REQUESTS',
  'NOT_IMPLEMENTED',
  'INTERNAL_SERVER_ERROR',
  'DATABASE_ERROR',
] as const;

/** The body of most errors. `error` is for a person. */
export const ErrorResponse = response('ErrorResponse', {
  error: text(),
  code: z.enum(errorCodes),
  details: omittable(json()),
});
export type ErrorResponse = z.output<typeof ErrorResponse>;
export type ErrorCode = ErrorResponse['code'];

/** What a missing, malformed or expired token gets, under the key `error`. `code` repeats the HTTP status. */
export const AuthErrorBody = response('AuthErrorBody', { code: int32(), message: text() });
export type AuthErrorBody = z.output<typeof AuthErrorBody>;

/** The code of an error that carries none itself: plain-text refusals and token errors. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  422: 'UNPROCESSABLE_ENTITY',
  429: 'TOO_MANY_REQUESTS',
  501: 'NOT_IMPLEMENTED',
};

/** The server answered, but not with success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
    /** The parsed JSON body, or its text. */
    readonly body: unknown,
  ) {
    super(message);
  }

  /** Reads any of the error shapes the API has. */
  static fromBody(status: number, text: string): ApiError {
    const body = parseJson(text);
    const fallback = codeOfStatus[status] ?? 'INTERNAL_SERVER_ERROR';
    const usual = ErrorResponse.safeParse(body);
    if (usual.success) return new ApiError(status, usual.data.code, usual.data.error, body);
    const token = z.object({ error: AuthErrorBody }).safeParse(body);
    if (token.success) return new ApiError(status, fallback, token.data.error.message, body);
    const plain = text.trim();
    return new ApiError(status, fallback, plain === '' ? `The server answered ${status}` : plain, body);
  }
}

/** The server could not be reached, or answered something that is not the contract. */
export class ApiUnreachableError extends Error {
  override readonly name = 'ApiUnreachableError';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
