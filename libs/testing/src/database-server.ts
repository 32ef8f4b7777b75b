import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@attune/postgres';
import { Client } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { type DatabaseKind, VARIABLE } from './database-kind.js';
import { findTimescaleBinDir } from './timescale-installation.js';

/** A server that test databases are made on. */
export interface DatabaseServer {
  /** Of a database that always exists, with the right to create others. */
  readonly url: string;
  stop(): Promise<void>;
}

type Migrations = NonNullable<DataSourceOptions['migrations']>;

/** Nothing in a test outlives the run, so nothing is worth a disk write. */
const THROW_AWAY = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  autovacuum: false,
  shared_buffers: '128MB',
  max_connections: 300,
  max_locks_per_transaction: 256,
  wal_level: 'minimal',
  max_wal_senders: 0,
};

/** Starts the server of one kind; for TimescaleDB an external one when its address is given. */
export async function startDatabaseServer(kind: DatabaseKind): Promise<DatabaseServer> {
  const external = process.env[VARIABLE.externalUrl];
  if (kind !== 'plain' && external !== undefined) return { url: external, stop: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), `attune-test-${kind}-`));
  const server = await startPostgres({
    dataDir: directory,
    isTemporary: true,
    database: 'postgres',
    ...(kind === 'plain' ? { settings: THROW_AWAY } : timescaleOptions(kind)),
  });
  return { url: server.url, stop: () => server.stop() };
}

function timescaleOptions(kind: 'timescale' | 'apache') {
  const binDir = findTimescaleBinDir();
  if (binDir === null) throw new Error(`this machine has no TimescaleDB for a database of the kind '${kind}'`);
  return {
    binDir,
    settings: {
      ...THROW_AWAY,
      shared_preload_libraries: 'timescaledb',
      'timescaledb.license': kind,
      'timescaledb.telemetry_level': 'off',
      // Policies run when a test calls run_job, not whenever a scheduler likes; it would also hold the template open.
      'timescaledb.max_background_workers': 0,
    },
  };
}

/** The kinds that can be had here. An external server is whatever its licence says. */
export async function availableKinds(): Promise<DatabaseKind[]> {
  const external = process.env[VARIABLE.externalUrl];
  if (external !== undefined) {
    return withClient(external, async (client) => {
      const { rows } = await client.query<{ license: DatabaseKind | null; workers: string | null }>(
        `select current_setting('timescaledb.license', true) as license,
                current_setting('timescaledb.max_background_workers', true) as workers`,
      );
      const { license = null, workers = null } = rows[0] ?? {};
      if (license === null) throw new Error(`${VARIABLE.externalUrl}: the server does not preload TimescaleDB`);
      if (workers !== '0') {
        throw new Error(
          `${VARIABLE.externalUrl}: start the server with timescaledb.max_background_workers=0, or policies run while specs look at what they do`,
        );
      }
      return ['plain', license];
    });
  }
  return findTimescaleBinDir() === null ? ['plain'] : ['plain', 'timescale', 'apache'];
}

/** Creates a database with the given migrations applied, closed to connections so that it can always be cloned. */
export async function createTemplate(
  server: DatabaseServer,
  name: string,
  { migrations, migrationsTable }: { migrations: Migrations; migrationsTable: string },
): Promise<void> {
  await withClient(server.url, (client) => client.query(`create database ${name}`));
  const dataSource = new DataSource({
    type: 'postgres',
    url: databaseUrl(server.url, name),
    migrations,
    migrationsTableName: migrationsTable,
    migrationsTransactionMode: 'each',
    installExtensions: false,
    poolSize: 2,
  });
  try {
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.query('analyze');
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
  await withClient(server.url, async (client) => {
    await client.query(`alter database ${name} with allow_connections false`);
    await client.query('select pg_terminate_backend(a.pid) from pg_stat_activity as a where a.datname = $1', [name]);
  });
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'attune-testing' });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
