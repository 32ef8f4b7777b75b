import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf, messageOf, StartupError } from '@attune/common';
import { describeProcess, isSameProcess, type ProcessIdentity } from '@attune/postgres';

const FILE = 'up.lock';

/** Who runs Attune on a data directory. */
export interface LockHolder extends ProcessIdentity {
  readonly url: string;
}

/** Held by one process at a time; the file may outlive a killed holder, whose lock then counts for nothing. */
export interface DataDirLock {
  /** Safe to call twice, and from a signal handler. */
  release(): void;
}

/** The living process that holds the data directory; null when there is none. */
export function findLockHolder(dataDir: string): LockHolder | null {
  const holder = readHolder(join(dataDir, FILE));
  return holder !== null && isSameProcess(holder) ? holder : null;
}

/** @throws StartupError when a living process holds it, or the directory cannot be written */
export function takeDataDirLock(dataDir: string, url: string): DataDirLock {
  const path = join(dataDir, FILE);
  const draft = `${path}.${process.pid}`;
  const identity = describeProcess(process.pid);
  if (identity === null) throw new StartupError('this process cannot find out when it started');
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(draft, JSON.stringify({ ...identity, url } satisfies LockHolder), { mode: 0o600 });
    try {
      while (!tryLink(draft, path)) clearStaleLock(dataDir, path);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`cannot write to data directory ${dataDir}: ${messageOf(error)}`, { cause: error });
  }
  return {
    release: () => {
      if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
    },
  };
}

/** A link appears whole and fails when the name exists, so of two takers one wins. */
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function clearStaleLock(dataDir: string, path: string): void {
  const holder = readHolder(path);
  if (holder !== null && isSameProcess(holder)) {
    throw new StartupError(`already running on ${dataDir} (pid ${holder.pid}, ${holder.url})`);
  }
  // Moved aside and looked at again: between reading and moving another starter may have put its own lock there.
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== null && isSameProcess(moved)) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): LockHolder | null {
  try {
    const { pid, startedAt, url } = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockHolder>;
    return pid !== undefined && startedAt !== undefined ? { pid, startedAt, url: url ?? '' } : null;
  } catch {
    return null; // missing, or cut short by a full disk: nobody's
  }
}
