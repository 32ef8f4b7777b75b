import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fromFileError } from './postgres-error.js';

const ROTATE_ABOVE_BYTES = 20 * 1024 * 1024;

/** The open log of one run. */
export interface ServerLog {
  readonly path: string;
  readonly descriptor: number;
  /** What was written since this run began. */
  readonly tail: () => string;
  /** Closes our descriptor; the server keeps its own. */
  readonly close: () => void;
}

/** Opens `<dataDir>/postgres.log` for appending. A large one is set aside as `postgres.log.1` first. */
export function openServerLog(dataDir: string): ServerLog {
  const path = join(dataDir, 'postgres.log');
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > ROTATE_ABOVE_BYTES) renameSync(path, `${path}.1`);
    const descriptor = openSync(path, 'a', 0o600);
    const start = fstatSync(descriptor).size;
    return {
      path,
      descriptor,
      tail: () => readFileSync(path).subarray(start).toString('utf8'),
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    throw fromFileError(error, dataDir);
  }
}
