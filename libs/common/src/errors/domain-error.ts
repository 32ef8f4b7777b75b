/** What kind of thing an error is about. */
export type ErrorSubject =
  | 'action'
  | 'artifact'
  | 'audit'
  | 'auth'
  | 'database'
  | 'enforcement'
  | 'event'
  | 'execution'
  | 'history'
  | 'identity'
  | 'inquiry'
  | 'integration_token'
  | 'key'
  | 'operation'
  | 'pack'
  | 'pack_index'
  | 'pack_test'
  | 'permission'
  | 'permission_set'
  | 'queue'
  | 'request'
  | 'retention'
  | 'role'
  | 'rule'
  | 'runtime'
  | 'sensor'
  | 'trigger'
  | 'webhook'
  | 'worker'
  | 'workflow';

/** What is wrong with it. The API maps each of these to one HTTP status. */
export type ErrorProblem =
  | 'bad_request'
  | 'conflict'
  | 'forbidden'
  | 'invalid'
  | 'not_found'
  | 'not_implemented'
  | 'rate_limited'
  | 'too_large'
  | 'unauthenticated'
  | 'unavailable'
  | 'unprocessable';

/** Stable, dotted, for programs: `rule.not_found`. */
export type ErrorCode = `${ErrorSubject}.${ErrorProblem}`;

/** A foreseen failure whose message is written for the person who asked. Never holds a secret. */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get problem(): ErrorProblem {
    return this.code.slice(this.code.indexOf('.') + 1) as ErrorProblem; // the type of `code` guarantees it
  }
}

/** A dependency is away or a race was lost: the same work may succeed later. Retried by policy, never shown as a bug. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** The process cannot start. `message` is one line that says what and where; it is printed without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => (Error.isError(error) ? error.message : String(error));

/** The `code` of a system or driver error: an errno name such as `ENOENT`, or a SQLSTATE. */
export function errorCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
