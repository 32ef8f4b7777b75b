import { type INestApplicationContext } from '@nestjs/common';
import { type Config } from '../config/config.schema.js';
import { loadConfig } from '../config/load-config.js';
import { connect } from '../database/connect.js';
import { serviceDataSource } from '../database/data-source.js';
import { migrateDatabase } from '../database/migrate.js';
import { isConnectionLost } from '../database/sqlstate.js';
import { messageOf, StartupError } from '../errors/domain-error.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { DatabaseListener } from '../messaging/database-listener.js';
import { type Platform } from '../platform/platform.module.js';

export interface ServiceDefinition {
  readonly name: string;
  /** Builds and starts the application; it must be ready for work when this resolves. */
  readonly start: (platform: Platform) => Promise<StartedService>;
  /** How long (ms) a stop may take before the process leaves anyway. @default 10_000 */
  readonly stopDeadlineMs?: (config: Config) => number;
}

export interface StartedService {
  readonly app: INestApplicationContext;
  /** Told to the parent process and the log: addresses and the like. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What a service tells `attune up` over the IPC channel. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly service: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const DEFAULT_STOP_DEADLINE_MS = 10_000;

/**
 * The life of a service process: configuration, database (migrated), application, ready; then SIGTERM, SIGINT or the end
 * of the parent process stops it within its deadline, and a second signal ends it at once. A foreseen failure at the
 * start is one line on stderr and exit code 1.
 */
export async function runService(definition: ServiceDefinition): Promise<void> {
  let logger: Logger | undefined;
  try {
    const config = loadConfig();
    logger = createLogger(definition.name, config.log);
    const platform = await openPlatform(definition.name, config, logger);
    const { app, facts = {} } = await startOrClose(definition, platform);
    stopOnSignal(app, logger, definition.stopDeadlineMs?.(config) ?? DEFAULT_STOP_DEADLINE_MS);
    logger.info(facts, 'ready');
    if (process.connected) process.send?.({ type: 'ready', service: definition.name, facts } satisfies ReadyMessage);
  } catch (error) {
    exitWith(definition.name, error, logger);
  }
}

async function openPlatform(service: string, config: Config, logger: Logger): Promise<Platform> {
  const { url } = config.database;
  if (url === null) {
    throw new StartupError('no database: set ATTUNE__DATABASE__URL, or start everything with `npm start`');
  }
  const dataSource = serviceDataSource(service, config, logger, url);
  await connect(dataSource, url);
  const ran = await migrateDatabase(dataSource);
  if (ran.length > 0) logger.info({ migrations: ran }, 'database schema brought up to date');
  const listener = new DatabaseListener(url, logger, `attune-${service}-listener`);
  await listener.start();
  return { service, config, logger, dataSource, listener };
}

async function startOrClose(definition: ServiceDefinition, platform: Platform): Promise<StartedService> {
  try {
    return await definition.start(platform);
  } catch (error) {
    await platform.listener.stop();
    if (platform.dataSource.isInitialized) await platform.dataSource.destroy();
    throw error;
  }
}

function stopOnSignal(app: INestApplicationContext, logger: Logger, deadlineMs: number): void {
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) {
      logger.warn({ reason }, 'asked to stop a second time; leaving at once');
      process.exit(1);
    }
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.error({ deadlineMs }, 'did not stop in time; leaving');
      process.exit(1);
    }, deadlineMs).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.once('disconnect', () => stop('parent process ended'));
  // It may have ended while we were starting; without a parent that listens there is no such property.
  if ((process.connected as boolean | undefined) === false) stop('parent process ended');
}

function exitWith(service: string, cause: unknown, logger: Logger | undefined): void {
  const error = isConnectionLost(cause)
    ? new StartupError(`lost the database while starting: ${messageOf(cause)}`, { cause })
    : cause;
  if (error instanceof StartupError) process.stderr.write(`attune ${service}: ${error.message}\n`);
  else if (logger) logger.fatal({ err: error }, 'cannot start');
  else
    process.stderr.write(
      `attune ${service}: ${Error.isError(error) ? (error.stack ?? error.message) : String(error)}\n`,
    );
  process.exitCode = 1;
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(1), 1_000).unref(); // a handle left open must not keep a failed start alive
}
