import { errorCode, errorMessage } from './error-code.js';

/**
 * Why a private server could not be started:
 * - `binaries_missing`: no PostgreSQL for this platform, or not where `binDir` says
 * - `binaries_unusable`: the programs are there but do not run (a shared library is missing, wrong architecture)
 * - `data_dir_unusable`: the directory cannot be made or written
 * - `data_dir_in_use`: a living process has this directory open
 * - `data_dir_version`: made by another major version of PostgreSQL
 * - `disk_full`: no space left
 * - `port_taken`: the requested port is in use
 * - `root_refused`: we are root and found no way to run PostgreSQL as somebody else
 * - `start_failed`: anything else; the message carries PostgreSQL's own words
 */
export type PostgresErrorCode =
  | 'binaries_missing'
  | 'binaries_unusable'
  | 'data_dir_unusable'
  | 'data_dir_in_use'
  | 'data_dir_version'
  | 'disk_full'
  | 'port_taken'
  | 'root_refused'
  | 'start_failed';

/** A foreseen failure of a private PostgreSQL. `message` is one line for a person. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';

  constructor(
    readonly code: PostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const FILE_REASONS: Partial<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EEXIST: 'a file of that name is in the way',
};

/** Translates an error of `node:fs` about `path` into a `PostgresError`; other values become `start_failed`. */
export function fromFileError(error: unknown, path: string): PostgresError {
  if (error instanceof PostgresError) return error;
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new PostgresError('disk_full', `No space left on the disk of ${path}`, { cause: error });
  }
  const reason = FILE_REASONS[code] ?? errorMessage(error);
  return new PostgresError('data_dir_unusable', `Cannot use ${path} for the database: ${reason}`, { cause: error });
}

/** Reads what PostgreSQL wrote before it gave up and names the cause. `output` may be long or empty. */
export function fromServerOutput(output: string, context: { doing: string; dataDir: string }): PostgresError {
  const reason = telltaleLine(output);
  if (/No space left on device|Disk quota exceeded|wrote only \d+ of \d+ bytes/.test(output)) {
    return new PostgresError('disk_full', `No space left on the disk of ${context.dataDir}`);
  }
  if (/lock file ".*postmaster\.pid" already exists|pre-existing shared memory block/.test(output)) {
    return new PostgresError('data_dir_in_use', `Another PostgreSQL is using ${context.dataDir}`);
  }
  if (/Address already in use|could not create any TCP\/IP sockets/.test(output)) {
    return new PostgresError('port_taken', `PostgreSQL could not listen: ${reason}`);
  }
  if (/error while loading shared libraries|cannot execute binary file|Library not loaded/.test(output)) {
    return new PostgresError('binaries_unusable', `The PostgreSQL programs do not run here: ${reason}`);
  }
  if (/Permission denied|Read-only file system|has wrong ownership/.test(output)) {
    return new PostgresError('data_dir_unusable', `Cannot use ${context.dataDir} for the database: ${reason}`);
  }
  return new PostgresError('start_failed', `PostgreSQL could not ${context.doing}: ${reason}`);
}

function telltaleLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const severe = lines.find((line) => /\b(FATAL|PANIC):|error while loading|\berror:/.test(line)) ?? lines.at(-1);
  return severe?.replace(/^.*?\b(?:FATAL|PANIC|error):\s*/, '').trim() ?? 'it said nothing';
}
