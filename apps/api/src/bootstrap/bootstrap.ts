import { fileURLToPath } from 'node:url';
import { ADVISORY_LOCK, type Platform, StartupError } from '@attune/common';
import { loadPackDirectory, PackLoadError, syncBundledPacks } from '@attune/packs';
import { createFirstAdministrator } from './first-administrator.js';

/** The packs that come with the product. */
const BUNDLED_PACKS = fileURLToPath(new URL('../../../../packs', import.meta.url));

/**
 * Brings an installation to where the product works: the bundled packs are in place and loaded, and somebody can log in.
 * Safe to call at every start and by several processes at once: one after the other, each finds less to do.
 *
 * @throws StartupError when a bundled pack cannot be loaded
 */
export async function bootstrap(platform: Platform): Promise<void> {
  const guard = platform.dataSource.createQueryRunner();
  try {
    await guard.query('select pg_advisory_lock($1)', [ADVISORY_LOCK.bootstrap]);
    await loadBundledPacks(platform);
    await createFirstAdministrator(platform);
  } finally {
    await guard.query('select pg_advisory_unlock($1)', [ADVISORY_LOCK.bootstrap]).catch(() => undefined); // gone with the connection anyway
    await guard.release();
  }
}

async function loadBundledPacks({ config, dataSource, logger }: Platform): Promise<void> {
  for (const { ref, directory } of await syncBundledPacks(BUNDLED_PACKS, config.packsBaseDir)) {
    try {
      const pack = await loadPackDirectory(dataSource, directory);
      if (pack.changed) logger.info({ packRef: ref, version: pack.version }, 'bundled pack loaded');
    } catch (error) {
      if (error instanceof PackLoadError) {
        throw new StartupError(`the bundled pack ${ref} cannot be loaded: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }
}
