import { ADVISORY_LOCK_SEED, type Logger, SessionLock, StartupError } from '@attune/common';
import { hostname } from 'node:os';

export interface WorkerNameOptions {
  readonly url: string;
  readonly logger: Logger;
  /** Null: made from the host's name. */
  readonly configured: string | null;
  /** The name is ours again after the database was away. */
  readonly onRegained: () => void;
  /** Another worker has the name now. */
  readonly onTaken: () => void;
}

/** A name nobody else has while the lock is held. */
export interface WorkerName {
  readonly name: string;
  readonly lock: SessionLock;
}

/** How long (ms) a killed predecessor may take to let go: before giving up on a name, and before trying the next one. */
const PATIENCE_MS = 2_000;
const PATIENCE_BEFORE_NEXT_MS = 300;

/** More workers than anybody starts on one machine. */
const MAX_ON_HOST = 1_000;

/**
 * Takes the name that identifies a worker over its restarts. Two workers of one name would end each other's work, so it is
 * guarded by a lock. Without a configured name it is the first free one of `<host>`, `<host>-2`, … : any number of workers
 * share a machine, and a restarted one gets its name, and with it its row, back.
 *
 * @throws StartupError the configured name is in use
 */
export async function takeWorkerName(options: WorkerNameOptions): Promise<WorkerName> {
  const { configured } = options;
  if (configured !== null) {
    const lock = await tryName(options, configured, PATIENCE_MS);
    if (lock !== null) return { name: configured, lock };
    throw new StartupError(`a worker named "${configured}" is running already: give this one another worker.name`);
  }
  const host = hostname();
  for (let number = 1; number <= MAX_ON_HOST; number += 1) {
    const name = number === 1 ? host : `${host}-${number}`;
    const lock = await tryName(options, name, PATIENCE_BEFORE_NEXT_MS);
    if (lock !== null) return { name, lock };
  }
  throw new StartupError(`${MAX_ON_HOST} workers of host "${host}" are running already: set worker.name`);
}

function tryName(
  { url, logger, onRegained, onTaken }: WorkerNameOptions,
  name: string,
  patienceMs: number,
): Promise<SessionLock | null> {
  return SessionLock.acquire({ url, logger, name, patienceMs, seed: ADVISORY_LOCK_SEED.worker, onRegained, onTaken });
}
