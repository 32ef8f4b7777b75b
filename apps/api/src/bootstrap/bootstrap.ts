import { fileURLToPath } from 'node:url';
import { ADVISORY_LOCK, type Platform, SecretBox } from '@attune/common';
import { recoverPackFiles, StagingArea } from '@attune/packs';
import { loadBundledPacks } from './bundled-packs.js';
import { createFirstAdministrator } from './first-administrator.js';
import { sealStoredSecrets } from './seal-stored-secrets.js';

/** The packs that come with the product. Their files are put back at every start. */
export const BUNDLED_PACKS = fileURLToPath(new URL('../../../../packs', import.meta.url));

/**
 * Brings an installation to where the product works: the bundled packs are in place and loaded, and somebody can log in.
 * Safe to call at every start and by several processes at once: one after the other, each finds less to do.
 *
 * @throws StartupError when the core pack cannot be loaded
 */
export async function bootstrap(platform: Platform): Promise<void> {
  const guard = platform.dataSource.createQueryRunner();
  try {
    await guard.query('select pg_advisory_lock($1)', [ADVISORY_LOCK.bootstrap]);
    const { config, dataSource, logger } = platform;
    await recoverPackFiles({ dataSource, area: new StagingArea(config.packsBaseDir), logger });
    await loadBundledPacks(platform, BUNDLED_PACKS);
    await sealStoredSecrets(platform.dataSource, SecretBox.of(platform.config.security));
    await createFirstAdministrator(platform);
  } finally {
    await guard.query('select pg_advisory_unlock($1)', [ADVISORY_LOCK.bootstrap]).catch(() => undefined); // gone with the connection anyway
    await guard.release();
  }
}
