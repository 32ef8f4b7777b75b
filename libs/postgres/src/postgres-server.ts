import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { type PostgresBinaries, findBinaries } from './binaries.js';
import { assertVersion, closeToOthers, clusterVersion, createCluster, resetPassword } from './cluster.js';
import { errorMessage } from './error-code.js';
import { postGuardian } from './guardian.js';
import { type Launched, type ProcessExit, launch, stopChild } from './launch.js';
import { makeDirectory } from './make-directory.js';
import { PostgresError, fromFileError } from './postgres-error.js';
import { postmasterPath, settlePreviousServer } from './previous-server.js';
import { describeProcess } from './process-identity.js';
import { type SettingValue } from './server-settings.js';
import { type ServerState, generatePassword, readServerState, writeServerState } from './server-state.js';

export interface PostgresOptions {
  /** Holds the cluster, `postgres.log` and `server.json` (password, mode 0600). Made when missing; its content survives restarts. */
  readonly dataDir: string;
  /** Directory with `initdb` and `postgres`. Default: the embedded PostgreSQL that npm installed for this platform. */
  readonly binDir?: string;
  /** Created when missing. Default `attune`. */
  readonly database?: string;
  /** Superuser of a new cluster. Default `attune`. */
  readonly user?: string;
  /** On 127.0.0.1. Default: that of the last run when free, else any. An explicit one that is taken is an error. */
  readonly port?: number;
  /** Over our defaults, as in postgresql.conf. `fsync: false` also skips syncing while the cluster is made. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** How long (ms) the server may take until it accepts connections, recovery after a crash included. Default 120 000. */
  readonly startTimeoutMs?: number;
  /** How long (seconds) the server lives on when this process dies without `stop()`. Default 0. */
  readonly orphanGraceSeconds?: number;
  /** Remove `dataDir` after `stop()`, and after the death of this process. Default false. */
  readonly isTemporary?: boolean;
}

/** How the server process ended. `isExpected` is true after `stop()`. */
export interface PostgresExit extends ProcessExit {
  readonly isExpected: boolean;
}

export interface PostgresServer {
  /** `postgres://user:password@127.0.0.1:port/database`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Of PostgreSQL, as in `18.4`. */
  readonly version: string;
  readonly logPath: string;
  /** Resolves when the server process has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<PostgresExit>;
  /** The URL of another database of this server. */
  urlFor(database: string): string;
  /** Fast shutdown: open transactions are rolled back, everything committed is written. Safe to call twice and after a crash. */
  stop(): Promise<void>;
}

/** Starts a private PostgreSQL as a child process and waits until it accepts connections. Throws `PostgresError`. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir);
  const binaries = await findBinaries(options.binDir);
  await makeDirectory(dataDir).catch((error: unknown) => {
    throw fromFileError(error, dataDir);
  });
  const state = await prepareCluster(dataDir, binaries, options);
  let launched: Launched | null = null;
  try {
    launched = await launch(dataDir, binaries, options, state.port);
    const running = { ...state, port: launched.port };
    await writeServerState(dataDir, running);
    const server = new RunningServer(launched, { dataDir, state: running, version: binaries.version, options });
    await ensureDatabase(server.urlFor('postgres'), options.database ?? 'attune');
    return server;
  } catch (error) {
    if (launched !== null) await stopChild(launched.child, launched.ended);
    await writeServerState(dataDir, { ...state, owner: null }).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

/** Everything before the server process: nobody else on the directory, a cluster of our version whose password we know, we as its owner. */
async function prepareCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  options: PostgresOptions,
): Promise<ServerState> {
  const known = await readServerState(dataDir);
  await settlePreviousServer(dataDir, known);
  const version = await clusterVersion(dataDir);
  const state: ServerState = {
    user: known?.user ?? options.user ?? 'attune',
    password: known?.password ?? generatePassword(),
    port: known?.port ?? null,
    owner: describeProcess(process.pid),
  };
  if (version === null) {
    await createCluster(binaries, dataDir, { ...state, durable: options.settings?.['fsync'] !== false });
  } else {
    assertVersion(version, binaries, dataDir);
    await closeToOthers(dataDir);
    // The cluster outlived its password file: the operator of the directory may set a new password.
    if (known === null) await resetPassword(binaries, dataDir, state);
  }
  await writeServerState(dataDir, state);
  return state;
}

class RunningServer implements PostgresServer {
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  readonly logPath: string;
  readonly url: string;
  readonly exited: Promise<PostgresExit>;
  private readonly dismissGuardian: () => void;
  private stopping: Promise<void> | null = null;

  constructor(
    private readonly launched: Launched,
    private readonly context: { dataDir: string; state: ServerState; version: string; options: PostgresOptions },
  ) {
    const { dataDir, options, version } = context;
    this.port = launched.port;
    this.pid = launched.pid;
    this.version = version;
    this.logPath = launched.logPath;
    this.url = this.urlFor(options.database ?? 'attune');
    this.dismissGuardian = postGuardian({
      pid: launched.pid,
      pidFile: postmasterPath(dataDir),
      graceSeconds: options.orphanGraceSeconds ?? 0,
      remove: options.isTemporary === true ? dataDir : null,
    });
    this.exited = launched.ended.then((exit) => {
      if (options.isTemporary !== true) this.dismissGuardian();
      return { ...exit, isExpected: this.stopping !== null };
    });
  }

  urlFor(database: string): string {
    const { user, password } = this.context.state;
    return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopOnce();
    return this.stopping;
  }

  private async stopOnce(): Promise<void> {
    const { dataDir, state, options } = this.context;
    await stopChild(this.launched.child, this.launched.ended);
    if (options.isTemporary === true) {
      await rm(dataDir, { recursive: true, force: true });
    } else {
      await writeServerState(dataDir, { ...state, owner: null });
    }
    this.dismissGuardian();
  }
}

async function ensureDatabase(url: string, database: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'attune' });
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } catch (error) {
    throw new PostgresError('start_failed', `PostgreSQL started but refused the connection: ${errorMessage(error)}`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
