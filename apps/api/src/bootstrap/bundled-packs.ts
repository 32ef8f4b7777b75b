import { isConnectionLost, type Platform, StartupError } from '@attune/common';
import { type LoadedPack, loadPackDirectory, PackLoadError, type PackProblem, syncBundledPacks } from '@attune/packs';

/** Without its runtimes and permission sets nothing works. */
const CORE = 'core';

/**
 * Puts the packs of a directory in place and loads them. One that is broken is told about and left out, except the core
 * pack. What was loaded otherwise than its author may think is told when it is loaded, not at every start.
 *
 * @throws StartupError when the core pack cannot be loaded
 */
export async function loadBundledPacks(platform: Platform, sourceDirectory: string): Promise<void> {
  const { config, dataSource, logger } = platform;
  for (const { ref, directory } of await syncBundledPacks(sourceDirectory, config.packsBaseDir)) {
    let pack: LoadedPack;
    try {
      pack = await loadPackDirectory(dataSource, directory);
    } catch (error) {
      reportBrokenPack(platform, ref, error);
      continue;
    }
    if (!pack.changed) continue;
    logger.info({ packRef: ref, version: pack.version }, 'bundled pack loaded');
    for (const warning of pack.warnings) logger.warn(fieldsOf(ref, warning), 'bundled pack has a flaw');
  }
}

function reportBrokenPack({ logger }: Platform, packRef: string, error: unknown): void {
  if (isConnectionLost(error)) throw error;
  if (packRef === CORE && error instanceof PackLoadError) {
    throw new StartupError(`the bundled pack ${packRef} cannot be loaded: ${error.message}`, { cause: error });
  }
  if (packRef === CORE) throw error;
  if (error instanceof PackLoadError) {
    for (const problem of error.problems) logger.error(fieldsOf(packRef, problem), 'bundled pack left out');
  } else logger.error({ packRef, err: error }, 'bundled pack left out');
}

const fieldsOf = (packRef: string, { file, line, key, error }: PackProblem) => ({
  packRef,
  file,
  line,
  key,
  problem: error,
});
