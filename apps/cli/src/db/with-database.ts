import { readFileSync } from 'node:fs';
import { type Config, connect, createDataSource, loadConfig } from '@attune/common';
import { type DataSource } from 'typeorm';
import { findLockHolder, takeDataDirLock } from '../up/data-dir-lock.js';
import { databaseUrlFile, openProductDatabase } from '../up/product-database.js';

/**
 * Runs `work` on the configured database; without one on the embedded server, which is started for the purpose unless `attune up` runs.
 * @throws StartupError or PostgresError, one line, when there is no reaching it
 */
export async function withDatabase<T>(work: DatabaseWork<T>): Promise<T> {
  const config = loadConfig();
  if (config.database.url !== null) return onUrl(config.database.url, work);
  if (findLockHolder(config.dataDir) !== null) {
    return onUrl(readFileSync(databaseUrlFile(config.dataDir), 'utf8').trim(), work);
  }
  return withDatabaseAlone(config, work);
}

/**
 * The same, alone with the data directory: while `work` runs, `attune up` does not.
 * @throws StartupError, one line, also when `attune up` runs already
 */
export async function withDatabaseAlone<T>(config: Config, work: DatabaseWork<T>): Promise<T> {
  const lock = takeDataDirLock(config.dataDir, '');
  try {
    const database = await openProductDatabase(config, (line) => console.error(line));
    try {
      return await onUrl(database.url, work);
    } finally {
      await database.stop();
    }
  } finally {
    lock.release();
  }
}

type DatabaseWork<T> = (dataSource: DataSource, url: string) => Promise<T>;

async function onUrl<T>(url: string, work: DatabaseWork<T>): Promise<T> {
  const dataSource = createDataSource({ url, poolSize: 2, applicationName: 'attune-cli' });
  try {
    await connect(dataSource, url);
    return await work(dataSource, url);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}
