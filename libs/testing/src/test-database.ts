import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { type DatabaseKind, VARIABLE, setupVariable } from './database-kind.js';
import { databaseUrl, withClient } from './database-server.js';
import { type Plot } from './test-run.js';

/** How long (ms) the server may take to notice that a connection was closed. */
const GOODBYE_MS = 2_000;
const CLONE_ATTEMPTS = 20;

export interface TestDatabaseOptions {
  /** Default `plain`. Only kinds of `testKinds()` exist. */
  readonly kind?: DatabaseKind;
  /** With all migrations applied (a clone of the template) or empty. Default true. */
  readonly migrated?: boolean;
}

/** A database of one spec file. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly kind: DatabaseKind;
  /** An open pool on it, closed by `drop()`. For specs below `@attune/common`; others use `createDataSource`. */
  dataSource(
    options?: Partial<Omit<Extract<DataSourceOptions, { type: 'postgres' }>, 'type' | 'url'>>,
  ): Promise<DataSource>;
  /** Removes it. Throws when a connection is still open: some pool, listener or transaction of the test was not closed. */
  drop(): Promise<void>;
}

/** Makes a database of its own for the caller, in some 50 ms once the first one is there. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { kind = 'plain', migrated = true } = options;
  const plot = await requestPlot(kind, migrated);
  const name = `attune_test_${randomBytes(6).toString('hex')}`;
  await createDatabase(plot, name);
  return new OwnDatabase(plot.serverUrl, name, kind);
}

async function requestPlot(kind: DatabaseKind, migrated: boolean): Promise<Plot> {
  const response = await fetch(`${setupVariable(VARIABLE.control)}/plot?kind=${kind}&migrated=${String(migrated)}`);
  if (!response.ok) throw new Error(`no ${kind} test database: ${await response.text()}`);
  return (await response.json()) as Plot;
}

async function createDatabase({ serverUrl, template }: Plot, name: string): Promise<void> {
  const statement = `create database ${name}${template === null ? '' : ` template ${template}`}`;
  await withClient(serverUrl, async (client) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(statement);
        return;
      } catch (error) {
        // TimescaleDB's scheduler looks into every database for a moment; only an external server runs one.
        const isTemplateBusy = (error as { code?: unknown }).code === '55006';
        if (!isTemplateBusy || attempt === CLONE_ATTEMPTS) throw error;
        await delay(100);
      }
    }
  });
}

class OwnDatabase implements TestDatabase {
  readonly url: string;
  private readonly opened: DataSource[] = [];

  constructor(
    private readonly serverUrl: string,
    readonly name: string,
    readonly kind: DatabaseKind,
  ) {
    this.url = databaseUrl(serverUrl, name);
  }

  async dataSource(options: Parameters<TestDatabase['dataSource']>[0] = {}): Promise<DataSource> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: this.url,
      parseInt8: true,
      installExtensions: false,
      migrationsTableName: 'schema_migration',
      migrationsTransactionMode: 'each',
      ...options,
    });
    this.opened.push(dataSource);
    return dataSource.initialize();
  }

  async drop(): Promise<void> {
    for (const dataSource of this.opened.splice(0)) if (dataSource.isInitialized) await dataSource.destroy();
    const leaked = await withClient(this.serverUrl, async (client) => {
      const deadline = performance.now() + GOODBYE_MS;
      for (;;) {
        const { rows } = await client.query<{ who: string }>(
          `select format('%s (%s): %s', a.application_name, a.state, left(a.query, 120)) as who
           from pg_stat_activity as a where a.datname = $1 and a.backend_type = 'client backend' order by a.pid`,
          [this.name],
        );
        if (rows.length === 0 || performance.now() >= deadline) {
          await client.query(`drop database if exists ${this.name} with (force)`);
          return rows;
        }
        await delay(10);
      }
    });
    if (leaked.length > 0) {
      throw new Error(
        `${leaked.length} connection(s) to the test database were left open:\n${leaked.map(({ who }) => `  ${who}`).join('\n')}`,
      );
    }
  }
}
