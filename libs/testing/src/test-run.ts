import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSourceOptions } from 'typeorm';
import { findBroker, PRIVATE_BROKER } from './broker/find-broker.js';
import { RabbitNode } from './broker/rabbit-node.js';
import { type DatabaseKind, VARIABLE } from './database-kind.js';
import {
  type DatabaseServer,
  availableKinds,
  createTemplate,
  startDatabaseServer,
  withClient,
} from './database-server.js';

export interface TestRunOptions {
  /** Classes in the order in which they run; a migrated database has all of them. */
  readonly migrations: NonNullable<DataSourceOptions['migrations']>;
  /** Where TypeORM notes which migrations ran. Default `schema_migration`, as in the product. */
  readonly migrationsTable?: string;
}

/** Where a worker makes its database: on which server, from which template (null = an empty database). */
export interface Plot {
  readonly serverUrl: string;
  readonly template: string | null;
}

/**
 * The database servers and the broker of one jest run. It lives in jest's own process and answers its workers over HTTP on the loopback, so a run without
 * database specs starts nothing, and several workers share one server of each kind.
 */
export class TestRun {
  private readonly servers = new Map<DatabaseKind, Promise<DatabaseServer>>();
  private readonly templates = new Map<DatabaseKind, Promise<string>>();
  private readonly runId = randomBytes(4).toString('hex');
  private control: Server | null = null;
  private directory = '';
  private kinds: DatabaseKind[] = [];
  private broker: string | null = null;
  private node: Promise<RabbitNode> | null = null;

  constructor(private readonly options: TestRunOptions) {}

  async start(): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), 'attune-test-run-'));
    this.kinds = await availableKinds();
    this.broker = await findBroker();
    const secret = randomBytes(16).toString('hex');
    this.control = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://control');
      const isOurs = url.pathname.startsWith(`/${secret}/`);
      const answer = isOurs ? this.answer(url.pathname.slice(secret.length + 1), url.searchParams) : null;
      if (answer === null) return void response.writeHead(404).end();
      answer.then(
        (text) => response.end(text),
        (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.stack : String(error)),
      );
    });
    const control = this.control;
    await new Promise<void>((resolve, reject) => {
      control.once('error', reject).listen({ host: '127.0.0.1', port: 0 }, resolve);
    });
    control.unref();
    const address = control.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
    process.env[VARIABLE.control] = `http://127.0.0.1:${address.port}/${secret}`;
    process.env[VARIABLE.kinds] = this.kinds.join(',');
    process.env[VARIABLE.asked] = join(this.directory, 'kinds-asked');
    process.env[VARIABLE.broker] = this.broker ?? '';
    process.env[VARIABLE.brokerAsked] = join(this.directory, 'broker-asked');
  }

  async stop(): Promise<void> {
    this.control?.close();
    this.control?.closeAllConnections();
    const isMissed = !this.kinds.some((kind) => kind !== 'plain') && existsSync(join(this.directory, 'kinds-asked'));
    if (isMissed) process.stderr.write('skipped: no TimescaleDB on this machine\n');
    if (this.broker === null && existsSync(join(this.directory, 'broker-asked'))) {
      process.stderr.write('skipped: no RabbitMQ on this machine\n');
    }
    await this.dropTemplates();
    await (await this.node)?.close();
    await Promise.all([...this.servers.values()].map(async (server) => (await server).stop()));
    await rm(this.directory, { recursive: true, force: true });
  }

  /** An external server stays, so its templates must go. */
  private async dropTemplates(): Promise<void> {
    if (process.env[VARIABLE.externalUrl] === undefined) return;
    for (const [kind, template] of this.templates) {
      const server = await this.server(kind);
      const name = await template;
      await withClient(server.url, (client) => client.query(`drop database if exists ${name}`));
    }
  }

  /** Null: there is no such thing. */
  private answer(path: string, query: URLSearchParams): Promise<string> | null {
    const kind = query.get('kind') as DatabaseKind;
    if (path === '/plot') return this.plot(kind, query.get('migrated') === 'true').then((plot) => JSON.stringify(plot));
    return path === '/broker' ? this.brokerUrl() : null;
  }

  private async brokerUrl(): Promise<string> {
    if (this.broker === null) throw new Error('no RabbitMQ on this machine');
    if (this.broker !== PRIVATE_BROKER) return this.broker;
    this.node ??= RabbitNode.create();
    return (await this.node).url;
  }

  private async plot(kind: DatabaseKind, isMigrated: boolean): Promise<Plot> {
    const server = await this.server(kind);
    return { serverUrl: server.url, template: isMigrated ? await this.template(kind, server) : null };
  }

  private server(kind: DatabaseKind): Promise<DatabaseServer> {
    return once(this.servers, kind, () => startDatabaseServer(kind));
  }

  private template(kind: DatabaseKind, server: DatabaseServer): Promise<string> {
    return once(this.templates, kind, async () => {
      const name = `attune_template_${this.runId}`;
      const { migrations, migrationsTable = 'schema_migration' } = this.options;
      await createTemplate(server, name, { migrations, migrationsTable });
      return name;
    });
  }
}

function once<K, V>(made: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const value = made.get(key) ?? make();
  made.set(key, value);
  return value;
}
