import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type ManifestSpec } from '../format/manifest.format.js';
import { PackLoadError } from '../problem.js';
import { readPackDirectory } from '../read-pack-directory.js';
import { type Staging } from '../storage/staging-area.js';

/** A pack that stands ready to be installed. */
export interface StagedPack {
  readonly manifest: ManifestSpec;
  /** Below the staging directory, called like the ref. */
  readonly directory: string;
}

/**
 * Puts an unpacked pack where it can be installed from. Its ref is understood and checked before it becomes the name of a
 * directory.
 *
 * @param root where the pack is now, below the staging directory
 * @throws PackLoadError when its manifest cannot be understood; everything else is checked when it is loaded
 */
export async function stagePack(staging: Staging, root: string): Promise<StagedPack> {
  const { pack, problems } = await readPackDirectory(root);
  if (pack === null) throw new PackLoadError(null, problems);
  const { manifest } = pack;
  const directory = join(staging.incoming, manifest.ref);
  await mkdir(staging.incoming, { recursive: true });
  await rename(root, directory);
  return { manifest, directory };
}
