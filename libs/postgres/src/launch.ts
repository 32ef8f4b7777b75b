import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type PostgresBinaries } from './binaries.js';
import { clusterPath, serverEnvironment } from './cluster.js';
import { findFreePort, isPortFree } from './free-port.js';
import { PostgresError, fromServerOutput } from './postgres-error.js';
import { readPostmasterFile } from './previous-server.js';
import { chooseRunAs, commandFor } from './run-as.js';
import { openServerLog } from './server-log.js';
import { type SettingValue, settingArguments } from './server-settings.js';

const PORT_ATTEMPTS = 5;

export interface LaunchOptions {
  readonly port?: number;
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly startTimeoutMs?: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server that accepts connections. */
export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly logPath: string;
  readonly ended: Promise<ProcessExit>;
}

/** A port that is free when we look may be taken when PostgreSQL binds it, so another one is tried unless the caller insists. */
export async function launch(
  dataDir: string,
  binaries: PostgresBinaries,
  options: LaunchOptions,
  lastPort: number | null,
): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt === 1 && lastPort !== null && (await isPortFree(lastPort)) ? lastPort : null;
    const port = options.port ?? last ?? (await findFreePort());
    try {
      return await launchOn(port, dataDir, binaries, options);
    } catch (error) {
      const isPortLost = error instanceof PostgresError && error.code === 'port_taken' && options.port === undefined;
      if (!isPortLost || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function launchOn(
  port: number,
  dataDir: string,
  binaries: PostgresBinaries,
  options: LaunchOptions,
): Promise<Launched> {
  const cluster = clusterPath(dataDir);
  const runAs = chooseRunAs(binaries.postgres, cluster);
  const log = openServerLog(dataDir);
  const args = ['-D', cluster, ...settingArguments(port, options.settings ?? {})];
  const [command, all, identity] = commandFor(runAs, binaries.postgres, args);
  // Detached: Ctrl-C must reach the services first and the database last, by our hand.
  const child = spawn(command, all, {
    ...identity,
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
  });
  log.close();
  const ended = new Promise<ProcessExit>((done) => {
    child.once('error', () => done({ code: null, signal: null }));
    child.once('exit', (code, signal) => done({ code, signal }));
  });
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new PostgresError('start_failed', `PostgreSQL could not start: ${command} does not run`);
  const timeoutMs = options.startTimeoutMs ?? 120_000;
  const outcome = await waitUntilReady(pid, dataDir, ended, timeoutMs);
  if (outcome === 'ready') return { child, pid, port, logPath: log.path, ended };
  await stopChild(child, ended);
  if (outcome === 'ended') throw fromServerOutput(log.tail(), { doing: 'start', dataDir });
  throw new PostgresError(
    'start_failed',
    `PostgreSQL was not ready after ${timeoutMs / 1000} s; see ${join(dataDir, 'postgres.log')}`,
  );
}

/** The server reports its state in `postmaster.pid`; asking by connecting would fill its log with refusals. */
async function waitUntilReady(
  pid: number,
  dataDir: string,
  ended: Promise<unknown>,
  timeoutMs: number,
): Promise<'ready' | 'ended' | 'late'> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const reported = await readPostmasterFile(dataDir);
    if (reported?.pid === pid && reported.status === 'ready') return 'ready';
    const isEnded = await Promise.race([ended.then(() => true), delay(20, false)]);
    if (isEnded) return 'ended';
  }
  return 'late';
}

/** SIGINT = fast shutdown; SIGQUIT = immediate (recovers at the next start), for a server that hangs. */
export async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    child.kill(signal);
    const patience = new AbortController();
    const isOver = await Promise.race([
      ended.then(() => true),
      delay(patienceMs, false, { signal: patience.signal }).catch(() => false),
    ]);
    patience.abort();
    if (isOver) return;
  }
}
