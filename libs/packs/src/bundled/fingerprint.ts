import { createHash, type Hash } from 'node:crypto';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf } from '@attune/common';

/** What running a pack leaves behind in its directory; it is no part of the pack. */
const GENERATED = new Set(['__pycache__', 'node_modules', '.venv', '.git']);

export const isGenerated = (name: string): boolean => GENERATED.has(name) || name.endsWith('.pyc');

/** Digest of everything a pack consists of: paths, contents and which files may be executed. null: no such directory. */
export async function fingerprintOf(directory: string): Promise<string | null> {
  const hash = createHash('sha256');
  const found = await addDirectory(hash, directory, '').then(
    () => true,
    (error: unknown) => {
      if (errorCodeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
  return found ? hash.digest('hex') : null;
}

async function addDirectory(hash: Hash, root: string, prefix: string): Promise<void> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isGenerated(entry.name)) continue;
    const path = join(prefix, entry.name);
    if (entry.isDirectory()) {
      await addDirectory(hash, root, path);
      continue;
    }
    const full = join(root, path);
    const content = entry.isSymbolicLink() ? Buffer.from(await readlink(full)) : await readFile(full);
    const executable = !entry.isSymbolicLink() && ((await stat(full)).mode & 0o111) !== 0;
    // Lengths keep one file's end and the next one's name apart.
    hash.update(JSON.stringify([path, executable, content.length])).update(content);
  }
}
