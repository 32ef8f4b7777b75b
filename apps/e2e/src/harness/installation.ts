import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type PostgresServer, startPostgres } from '@attune/postgres';
import {
  eventually,
  freePort,
  type ServiceOptions,
  type ServiceProcess,
  type SpawnedService,
  spawnService,
  startService,
} from '@attune/testing';
import pg from 'pg';

export interface InstallationOptions {
  /** Whether PostgreSQL syncs, so that a commit survives the death of the machine too. @default false: nothing here cuts its power */
  readonly isDurable?: boolean;
}

/** Separate services on a PostgreSQL of their own, as an operator would run them, each to be killed and started again. */
export class Installation {
  readonly credentials = { login: 'e2e-admin', password: 'e2e-password' };
  private readonly services = new Set<Pick<ServiceProcess, 'kill' | 'stop'>>();

  private constructor(
    /** Removed by `close()`. */
    readonly folder: string,
    readonly url: string,
    private server: PostgresServer,
    /** Settings of every service. */
    readonly environment: Readonly<Record<string, string>>,
    private readonly settings: { readonly fsync: boolean },
  ) {}

  /** A fresh database without any service. `environment` holds settings for every service. */
  static async prepare(
    environment: Readonly<Record<string, string>> = {},
    { isDurable = false }: InstallationOptions = {},
  ): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'attune-e2e-'));
    const settings = { fsync: isDurable };
    const server = await startPostgres({ dataDir: join(folder, 'postgres'), settings });
    const port = await freePort();
    const services = {
      ATTUNE__DATABASE__URL: server.url,
      ATTUNE__DATA_DIR: folder,
      ATTUNE__SERVER__PORT: String(port),
      ATTUNE__BOOTSTRAP__LOGIN: 'e2e-admin',
      ATTUNE__BOOTSTRAP__PASSWORD: 'e2e-password',
      ATTUNE__EXECUTOR__RECOVERY_INTERVAL: '1',
      ...environment,
    };
    return new Installation(folder, `http://127.0.0.1:${port}`, server, services, settings);
  }

  /** A fresh database and an API on it. `environment` holds settings for every service. */
  static async create(environment: Readonly<Record<string, string>> = {}): Promise<Installation> {
    const installation = await Installation.prepare(environment);
    try {
      await installation.start('api');
    } catch (error) {
      await installation.close(); // nobody else can: the caller never gets it
      throw error;
    }
    return installation;
  }

  /** Starts a service and waits until it is ready. */
  async start(
    name: ServiceOptions['name'],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
    const service = await startService({ name, environment: { ...this.environment, ...environment } });
    this.services.add(service);
    return service;
  }

  /** Starts a service that may never become ready. */
  spawn(
    name: ServiceOptions['name'],
    { environment = {}, ...options }: Partial<Omit<ServiceOptions, 'name'>> = {},
  ): SpawnedService {
    const service = spawnService({ name, environment: { ...this.environment, ...environment }, ...options });
    this.services.add(service);
    void service.exited.then(() => this.services.delete(service));
    return service;
  }

  /** A connection for the test itself. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.server.url });
    client.on('error', () => undefined); // the server was killed: the next query says so
    await client.connect();
    return client;
  }

  /** One query on a connection of its own. */
  async rows<T extends pg.QueryResultRow>(statement: string, values: readonly unknown[] = []): Promise<T[]> {
    const client = await this.connect();
    try {
      return (await client.query<T>(statement, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** The server dies as in a power cut and comes back on the same port, `pauseMs` later. */
  async crashDatabase(pauseMs = 0): Promise<void> {
    const { pid, port, exited } = this.server;
    process.kill(pid, 'SIGKILL');
    await exited;
    await delay(pauseMs);
    this.server = await startPostgres({ dataDir: join(this.folder, 'postgres'), port, settings: this.settings });
  }

  /**
   * Waits until each event has what it must have and not a row more: one enforcement for each of `rules`, each with one execution,
   * completed. Rules are given by their refs, in alphabetical order.
   */
  async expectOnce(events: readonly number[], rules: readonly string[]): Promise<void> {
    await eventually(async () => {
      const outcomes = await this.rows<{ outcome: string }>(
        `select string_agg(n.rule_ref || ':' || x.status, ',' order by n.rule_ref, x.id) as outcome
         from enforcement as n left join execution as x on x.enforcement = n.id
         where n.event = any($1::bigint[]) group by n.event order by n.event`,
        [events],
      );
      const expected = rules.map((rule) => `${rule}:completed`).join(',');
      expect(outcomes.map((row) => row.outcome)).toEqual(events.map(() => expected));
    }, 60_000);
  }

  /** Ends everything and removes the folder. */
  async close(): Promise<void> {
    await Promise.all([...this.services].map((service) => service.stop()));
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
