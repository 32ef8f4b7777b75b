import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from '../format/pack-files.js';
import { contentProblem } from './content-limits.js';

/**
 * Where in an unpacked archive the pack is: at its top, or in the one directory there that is a pack.
 *
 * @throws DomainError when there is none, or more than one
 */
export async function findPackRoot(directory: string): Promise<string> {
  if (await isFile(join(directory, MANIFEST))) return directory;
  const below = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const candidates: string[] = [];
  for (const { name } of below) if (await isFile(join(directory, name, MANIFEST))) candidates.push(name);
  const [name, ...others] = candidates;
  if (name === undefined) throw contentProblem(`there is no ${MANIFEST} at its top or in a directory there`);
  if (others.length > 0) throw contentProblem(`it holds several packs: ${candidates.join(', ')}`);
  return join(directory, name);
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
