/** What says that PostgreSQL (or a connection to it) was away, as `isConnectionLost` of the services knows it. */
const LOST_CODES = /^(57P0[123]|08\w{3}|53300|25006|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH)$/;
const LOST_TEXT =
  /Connection terminated|Query runner already released|connection error|timeout exceeded when trying to connect|Client was closed|terminating connection|the database system is/;

/** One line that foreseen failures of a start write before the log begins. */
const FORESEEN_START = /^attune (api|executor|worker): .+$/;

/** From pino's levels. */
const WARN = 40;
const ERROR = 50;

interface LogLine {
  readonly level?: number;
  readonly msg?: string;
  readonly err?: LoggedError;
}

interface LoggedError {
  readonly code?: unknown;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/**
 * The lines of a service's log that no fault explains: an error, a warning with a stack trace, or text that is no log line at
 * all, unless it tells of a lost database. Each at most 400 characters.
 */
export function unexpectedLogLines(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line.trim() !== '' && !isExpected(line))
    .map((line) => line.slice(0, 400));
}

function isExpected(text: string): boolean {
  if (FORESEEN_START.test(text)) return true;
  const line = parse(text);
  if (line === null) return false;
  const level = line.level ?? 0;
  if (level < WARN) return true;
  if (line.err === undefined) return level < ERROR;
  return tellsOfLostDatabase(line.err);
}

function parse(text: string): LogLine | null {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return null;
  }
}

function tellsOfLostDatabase({ code, message = '', cause }: LoggedError): boolean {
  if (typeof code === 'string' && LOST_CODES.test(code)) return true;
  return LOST_TEXT.test(message) || (cause !== undefined && tellsOfLostDatabase(cause));
}
