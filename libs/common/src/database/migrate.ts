import { DatabaseNotReadyError } from '@attune/migrations';
import { type DataSource } from 'typeorm';
import { StartupError } from '../errors/domain-error.js';
import { ADVISORY_LOCK } from './advisory-locks.js';
import { MIGRATIONS_TABLE } from './data-source.js';
import { run } from './run.js';
import { sql } from './sql.js';

/**
 * Brings the schema up to date and gives the names of the migrations that ran. Safe to call from several processes at
 * once: the first does the work, the others wait for it and find nothing to do.
 * @throws StartupError one line: the server has to be prepared first
 */
export async function migrateDatabase(dataSource: DataSource): Promise<string[]> {
  const guard = dataSource.createQueryRunner();
  try {
    await guard.query('select pg_advisory_lock($1)', [ADVISORY_LOCK.migration]);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map((migration) => migration.name);
  } catch (error) {
    if (error instanceof DatabaseNotReadyError) throw new StartupError(error.message, { cause: error });
    throw error;
  } finally {
    await guard.query('select pg_advisory_unlock($1)', [ADVISORY_LOCK.migration]).catch(() => undefined); // gone with the connection anyway
    await guard.release();
  }
}

/** Whether every migration this version knows has run. */
export async function isMigrated(dataSource: DataSource): Promise<boolean> {
  const [table] = await run<{ exists: boolean }>(
    dataSource,
    sql`select to_regclass(${MIGRATIONS_TABLE}) is not null as exists`,
  );
  if (!table?.exists) return false;
  const applied = await run<{ name: string }>(dataSource, sql`select m.name from schema_migration as m`);
  const names = new Set(applied.map((migration) => migration.name));
  return dataSource.migrations.every((migration) => names.has(migration.name ?? migration.constructor.name));
}
