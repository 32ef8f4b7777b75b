import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './error-code.js';

/**
 * Makes a directory (mode 0700) and its missing parents. Not `mkdir -p` of Node, which on a read-only file system reports a missing
 * parent, and on /proc never returns.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    const isParentMissing = code === 'ENOENT' && (await stat(parent).catch(() => null)) === null;
    if (!isParentMissing) throw error;
    await makeDirectory(parent);
    await mkdir(path, { mode: 0o700 });
  }
}
