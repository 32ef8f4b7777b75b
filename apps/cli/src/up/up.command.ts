import { join } from 'node:path';
import {
  type Config,
  connect,
  createDataSource,
  databaseCapabilities,
  loadConfig,
  migrateDatabase,
  StartupError,
} from '@attune/common';
import { isPortFree } from '@attune/postgres';
import { type DataDirLock, takeDataDirLock } from './data-dir-lock.js';
import { displayPath } from './display-path.js';
import { findFirstLogin } from './first-login.js';
import { openProductDatabase, type ProductDatabase } from './product-database.js';
import { servicePrograms, stopDeadlineMs } from './service-programs.js';
import { type Facts } from './service-process.js';
import { StopRequest } from './stop-request.js';
import { renderSummary } from './summary.js';
import { Supervisor } from './supervisor.js';

/** Thrown to leave the start when the person asked to stop. */
class Stopped extends Error {}

/**
 * Runs the whole product until it is asked to stop. Gives the exit code.
 * @throws StartupError or PostgresError, one line, when it cannot start; everything already started is stopped then
 */
export async function up({ version }: { version: string }): Promise<number> {
  console.log(`Attune ${version}`);
  const config = loadConfig();
  const lock = takeDataDirLock(config.dataDir, config.server.publicUrl);
  const product = new Product(config, lock);
  const stop = new StopRequest(() => product.forceExit());
  try {
    await product.start(stop.signal);
    await stop.wait();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  } finally {
    if (stop.signal.aborted) console.log('\nStopping (again to force) ...');
    await product.stop();
    lock.release();
  }
  console.log('Stopped.');
  return 0;
}

class Product {
  private database: ProductDatabase | null = null;
  private supervisor: Supervisor | null = null;
  private facts: Facts = {};

  constructor(
    private readonly config: Config,
    private readonly lock: DataDirLock,
  ) {}

  async start(stopped: AbortSignal): Promise<void> {
    const { config } = this;
    await assertPortFree(config);
    this.database = await openProductDatabase(config, tell);
    leaveIf(stopped);
    const { ran, databaseKind } = await migrate(this.database.url);
    leaveIf(stopped);
    tell(`database is ready (${ran === 0 ? 'schema up to date' : `${ran} migrations applied`})`);
    this.supervisor = new Supervisor({
      groups: servicePrograms(config, join(import.meta.dirname, '../../..'), this.database.environment),
      logDirectory: join(config.dataDir, 'logs'),
      onReady: (service, facts) => this.serviceReady(service, facts),
      tell,
    });
    // A service that we are asked to stop while it starts never becomes ready; do not wait for it.
    const asked = new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve(), { once: true }));
    const starting = this.supervisor.start();
    starting.catch(() => undefined); // told by the race below, unless the stop came first
    await Promise.race([starting, asked]);
    leaveIf(stopped);
    console.log(
      renderSummary({
        url: this.url(),
        databasePlace: this.database.place,
        databaseKind,
        dataDir: displayPath(config.dataDir),
        login: findFirstLogin(config),
      }),
    );
  }

  /** Services first, then the database under them. */
  async stop(): Promise<void> {
    await this.supervisor?.stop(stopDeadlineMs(this.config));
    await this.database?.stop();
  }

  /** The second request: services are killed, and the database's guardian shuts it down once we are gone. */
  forceExit(): never {
    console.log('Forced.');
    this.supervisor?.kill();
    this.lock.release();
    process.exit(1);
  }

  private serviceReady(service: string, facts: Facts): void {
    if (service === 'api') this.facts = facts;
    tell(`${service} is ready`);
  }

  /** As the API reports it (its port may have been 0), else as configured. */
  private url(): string {
    const { url } = this.facts;
    return typeof url === 'string' ? url : this.config.server.publicUrl;
  }
}

const tell = (line: string): void => console.log(`  ${line}`);

function leaveIf(stopped: AbortSignal): void {
  if (stopped.aborted) throw new Stopped();
}

async function assertPortFree({ server }: Config): Promise<void> {
  if (server.port === 0 || (await isPortFree(server.port, server.host))) return;
  throw new StartupError(`port ${server.port} of ${server.host} is in use; set ATTUNE__SERVER__PORT to another one`);
}

/** Brings the schema up to date; gives the number of migrations that ran and what the database is. */
async function migrate(url: string): Promise<{ ran: number; databaseKind: string }> {
  const dataSource = createDataSource({ url, poolSize: 2, applicationName: 'attune-up' });
  try {
    await connect(dataSource, url);
    const { length: ran } = await migrateDatabase(dataSource);
    return { ran, databaseKind: (await databaseCapabilities(dataSource)).description };
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}
