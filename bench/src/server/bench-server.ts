import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@attune/postgres';
import pg from 'pg';

/** The PostgreSQL that everything in one run shares. */
export interface BenchServer {
  /** Version and the settings that decide what a commit costs. */
  readonly description: string;
  /** Null when the server is on another machine. */
  readonly postmasterPid: number | null;
  /** Makes an empty database and gives its address. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

export interface BenchServerOptions {
  /** Superuser's address of a server to use instead of one of our own. */
  readonly databaseUrl: string | null;
  /** Programs of a PostgreSQL with TimescaleDB; null: the embedded one. */
  readonly timescaledbBin: string | null;
}

/**
 * The embedded PostgreSQL as the product starts it, or another one.
 * @throws Error when commits are not durable there: the figures would be of no use
 */
export async function openBenchServer(options: BenchServerOptions): Promise<BenchServer> {
  const { databaseUrl: url, timescaledbBin } = options;
  const { adminUrl, close } =
    url === null ? await startOwn(timescaledbBin) : { adminUrl: url, close: () => Promise.resolve() };
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const prefix = `bench_${process.pid}`;
  const nameOf = (name: string): string => `"${prefix}_${name}"`;
  const dropDatabase = async (name: string): Promise<void> => {
    await admin.query(`drop database if exists ${nameOf(name)} with (force)`);
  };
  return {
    description: await describeServer(admin),
    postmasterPid: await findPostmaster(admin),
    createDatabase: async (name) => {
      await dropDatabase(name);
      await admin.query(`create database ${nameOf(name)}`);
      const address = new URL(adminUrl);
      address.pathname = `/${prefix}_${name}`;
      return address.href;
    },
    dropDatabase,
    stop: async () => {
      await admin.end();
      await close();
    },
  };
}

async function startOwn(timescaledbBin: string | null): Promise<{ adminUrl: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'attune-bench-postgres-'));
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    isTemporary: true,
    ...(timescaledbBin === null ? {} : { binDir: timescaledbBin, settings: TIMESCALEDB_SETTINGS }),
  });
  return {
    adminUrl: postgres.url,
    close: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const TIMESCALEDB_SETTINGS = { shared_preload_libraries: 'timescaledb', 'timescaledb.telemetry_level': 'off' };

async function describeServer(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query<{ version: string; fsync: string; commit: string; buffers: string }>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
       current_setting('synchronous_commit') as commit, current_setting('shared_buffers') as buffers`,
  );
  const [server] = rows;
  if (server?.fsync !== 'on' || server.commit !== 'on') {
    throw new Error('fsync and synchronous_commit must be on: without them the figures say nothing');
  }
  return `PostgreSQL ${server.version}, fsync and synchronous_commit on, shared_buffers ${server.buffers}`;
}

/** The parent of our own backend, when that is a process of this machine. */
async function findPostmaster(admin: pg.Client): Promise<number | null> {
  const { rows } = await admin.query<{ pid: number }>('select pg_backend_pid() as pid');
  const stat = await readFile(`/proc/${rows[0]?.pid ?? 0}/stat`, 'utf8').catch(() => '');
  const parent = /^\d+ \(postgres\) \S (\d+)/.exec(stat)?.[1];
  return parent === undefined ? null : Number(parent);
}
