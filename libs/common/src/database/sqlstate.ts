import { QueryFailedError } from 'typeorm';
import { errorCodeOf, messageOf } from '../errors/domain-error.js';

/** PostgreSQL error classes the code tells apart (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
export const SQLSTATE = {
  notNullViolation: '23502',
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  checkViolation: '23514',
  raiseException: 'P0001',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  diskFull: '53100',
  /** After a failover, while the pool still holds connections to what is a standby now. */
  readOnlyTransaction: '25006',
  invalidPassword: '28P01',
  invalidAuthorization: '28000',
  unknownDatabase: '3D000',
  tooManyConnections: '53300',
  /** A statement took longer than it may. */
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
} as const;

const LOST_CONNECTION_CODES: ReadonlySet<string> = new Set([
  SQLSTATE.adminShutdown,
  SQLSTATE.crashShutdown,
  SQLSTATE.cannotConnectNow,
  SQLSTATE.tooManyConnections,
  SQLSTATE.diskFull,
  SQLSTATE.readOnlyTransaction,
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

/** What `pg` says, without a code, when the server went away or no connection could be had in time. */
const LOST_CONNECTION_TEXT =
  /Connection terminated|Query runner already released|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed/;

/** The SQLSTATE (or, for a failed connection, the errno name) behind an error of the driver or of TypeORM; else undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  return errorCodeOf(causeOf(error));
}

/** The violated constraint's name, when the error is a violation. */
export function constraintOf(error: unknown): string | undefined {
  const cause = causeOf(error);
  if (typeof cause !== 'object' || cause === null || !('constraint' in cause)) return undefined;
  return typeof cause.constraint === 'string' ? cause.constraint : undefined;
}

const causeOf = (error: unknown): unknown => (error instanceof QueryFailedError ? error.driverError : error);

/** The database is away, starting, stopping or out of room: nothing is wrong with the statement, try again later. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return LOST_CONNECTION_CODES.has(state) || state.startsWith('08');
  return LOST_CONNECTION_TEXT.test(messageOf(error));
}

/** The transaction lost a race and may simply be run again. */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === SQLSTATE.serializationFailure || state === SQLSTATE.deadlockDetected;
}
