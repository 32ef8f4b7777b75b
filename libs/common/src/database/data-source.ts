import { migrations } from '@attune/migrations';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { type Config } from '../config/config.schema.js';
import { entities } from '../entities/entities.js';
import { type Logger } from '../logging/logger.js';
import { PoolClient } from './pool-client.js';
import { withSessionSettings } from './session-settings.js';

/** Where TypeORM notes which migrations ran. */
export const MIGRATIONS_TABLE = 'schema_migration';

/** Ids stay below 2^53 (see time-id.ts of the engine), so they are plain numbers everywhere. Set once, for every pool. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Arrays have types of their own; the enum of `pg` has no names for `int8[]` and `int4[]`. */
const [INT8_ARRAY, INT4_ARRAY]: readonly [number, number] = [1016, 1007];
/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- any number will do, as its documentation says */
pg.types.setTypeParser(INT8_ARRAY, pg.types.getTypeParser(INT4_ARRAY) as (text: string) => (number | null)[]);
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */

export interface DataSourceSettings {
  readonly url: string;
  readonly poolSize?: number;
  readonly connectTimeoutMs?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Told when an idle connection breaks; the pool replaces it. */
  readonly onPoolError?: (error: unknown) => void;
}

/** A pool with our entities and migrations; not yet connected. */
export function createDataSource(settings: DataSourceSettings): DataSource {
  return new DataSource({
    type: 'postgres',
    url: settings.url,
    applicationName: settings.applicationName ?? 'attune',
    entities,
    migrations: [...migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolSize: settings.poolSize ?? 10,
    connectTimeoutMS: settings.connectTimeoutMs ?? 5_000,
    poolErrorHandler: settings.onPoolError ?? (() => undefined),
    extra: { keepAlive: true, Client: PoolClient },
  });
}

/** The pool of one service. @throws Error when no database is configured: the caller has checked that. */
export function serviceDataSource(service: string, config: Config, logger: Logger, url: string): DataSource {
  const { executionEvents } = config.audit;
  return createDataSource({
    url: withSessionSettings(
      url,
      executionEvents === 'all' ? { 'attune.audit_execution_events': executionEvents } : {},
    ),
    poolSize: config.database.poolSize,
    connectTimeoutMs: config.database.connectTimeoutMs,
    applicationName: `attune-${service}`,
    // One for each idle connection, at once: whoever needs the database says that it is away, once.
    onPoolError: (error) => logger.debug({ err: error }, 'idle database connection lost; the pool replaces it'),
  });
}
