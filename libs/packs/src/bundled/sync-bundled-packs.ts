import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCodeOf } from '@attune/common';
import { MANIFEST } from '../format/pack-files.js';
import { fingerprintOf, isGenerated } from './fingerprint.js';

/** A pack that comes with the product, at the place it is run from. */
export interface BundledPack {
  /** Name of its directory, which is its ref. */
  readonly ref: string;
  readonly directory: string;
  /** The files there were missing or different and have been replaced. */
  readonly copied: boolean;
}

/** Leftovers of a copy that was killed are removed once nobody can be working on them any more. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

/** Loaded before all others: their actions name its runtimes. */
const CORE = 'core';

/**
 * Puts every pack below `sourceDirectory` below `packsBaseDirectory` and gives them in the order to load them: the core
 * pack, then the others in filename order. A pack whose files are the same
 * there is left alone; another one is replaced as a whole: copied beside its place, then swapped by renaming, so that
 * nobody ever sees half a pack. Safe to call at once from several processes.
 */
export async function syncBundledPacks(sourceDirectory: string, packsBaseDirectory: string): Promise<BundledPack[]> {
  await mkdir(packsBaseDirectory, { recursive: true });
  await removeLeftovers(packsBaseDirectory);
  const packs: BundledPack[] = [];
  for (const ref of await packNames(sourceDirectory)) {
    const directory = join(packsBaseDirectory, ref);
    packs.push({ ref, directory, copied: await syncPack(join(sourceDirectory, ref), directory) });
  }
  return packs;
}

async function packNames(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.')).sort();
  const isPack = await Promise.all(names.map((name) => exists(join(directory, name, MANIFEST))));
  const packs = names.filter((_, index) => isPack[index]);
  return [...packs.filter((name) => name === CORE), ...packs.filter((name) => name !== CORE)];
}

async function syncPack(source: string, target: string): Promise<boolean> {
  const wanted = await fingerprintOf(source);
  if ((await fingerprintOf(target)) === wanted) return false;
  const staging = besides(target, 'new');
  const replaced = besides(target, 'old');
  await cp(source, staging, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path === source || !isGenerated(basename(path)),
  });
  const hadOld = await moved(target, replaced);
  if (!(await moved(staging, target))) {
    // Somebody else put theirs in place between the two renames: the same files from the same product.
    await rm(staging, { recursive: true, force: true });
  }
  if (hadOld) await rm(replaced, { recursive: true, force: true });
  return true;
}

const besides = (target: string, purpose: 'new' | 'old'): string =>
  join(target, '..', `.${basename(target)}.${purpose}-${randomBytes(6).toString('hex')}`);

/** Renames a directory. false: it is not there, or its new place is taken. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(error) ?? '')) return false;
    throw error;
  }
}

async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!/^\..+\.(new|old)-[0-9a-f]{12}$/.test(name)) continue;
    const path = join(directory, name);
    const changed = await stat(path).then(
      ({ ctimeMs }) => ctimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (Date.now() - changed > LEFTOVER_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
