import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterPath } from './cluster.js';
import { PostgresError } from './postgres-error.js';
import { commandLineOf, isAlive, isSameProcess } from './process-identity.js';
import { type ServerState } from './server-state.js';

const FAST_STOP_MS = 30_000;
const IMMEDIATE_STOP_MS = 10_000;

/** What `postmaster.pid` says. */
export interface PostmasterFile {
  readonly pid: number;
  /** `starting`, `ready`, `standby`, `stopping`; '' before the first report. */
  readonly status: string;
}

export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | null> {
  const content = await readFile(postmasterPath(dataDir), 'utf8').catch(() => null);
  const lines = content?.split('\n') ?? [];
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return Number.isInteger(pid) ? { pid, status: lines[7]?.trim() ?? '' } : null;
}

/**
 * Makes the data directory free to start on. A server whose owner died is stopped cleanly; one that somebody runs is an error; a
 * `postmaster.pid` whose id now belongs to another program is removed, because PostgreSQL would take that program for a server.
 */
export async function settlePreviousServer(dataDir: string, state: ServerState | null): Promise<void> {
  const owner = state?.owner ?? null;
  const isOurs = owner?.pid === process.pid && isSameProcess(owner);
  if (owner !== null && !isOurs && isSameProcess(owner)) {
    throw new PostgresError('data_dir_in_use', `The database in ${dataDir} is in use by process ${owner.pid}`);
  }
  const running = await readPostmasterFile(dataDir);
  if (running === null || !isAlive(running.pid)) return;
  if (!/postgres|postmaster/.test(commandLineOf(running.pid))) {
    await rm(postmasterPath(dataDir), { force: true });
    return;
  }
  if (isOurs || owner === null) {
    throw new PostgresError(
      'data_dir_in_use',
      `The database in ${dataDir} is in use by a PostgreSQL server (process ${running.pid})`,
    );
  }
  await stopPostmaster(running.pid, dataDir);
}

async function stopPostmaster(pid: number, dataDir: string): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      if (!isAlive(pid)) return;
      break;
    }
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (commandLineOf(pid) === '') return;
      await delay(25);
    }
  }
  throw new PostgresError(
    'data_dir_in_use',
    `A PostgreSQL server left over from an earlier run (process ${pid}) still uses ${dataDir} and could not be stopped`,
  );
}

export function postmasterPath(dataDir: string): string {
  return join(clusterPath(dataDir), 'postmaster.pid');
}
