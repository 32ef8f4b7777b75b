import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { isGenerated } from '../bundled/fingerprint.js';
import { ContentGuard } from './content-guard.js';
import { contentProblem, type ContentLimits } from './content-limits.js';
import { shownName } from './entry-path.js';
import { writeEntry } from './write-entry.js';

/**
 * Copies a pack from a directory of this machine into an empty one, by the same rules as an archive. What running a
 * pack leaves behind (`node_modules`, `.venv`, `.git`, …) stays where it is.
 *
 * @throws DomainError when something in it is refused
 */
export async function copyPackDirectory(source: string, target: string, limits: ContentLimits): Promise<void> {
  const guard = new ContentGuard(limits);
  const copy = async (prefix: string): Promise<void> => {
    for (const name of (await readdir(join(source, prefix))).sort()) {
      if (isGenerated(name)) continue;
      const path = posix.join(prefix, name);
      const found = await lstat(join(source, path));
      if (found.isDirectory()) {
        guard.admit(path, 'directory', 0);
        await mkdir(join(target, path), { recursive: true });
        await copy(path);
      } else if (found.isFile()) {
        guard.admit(path, 'file', found.size);
        // Whoever can write there must not make us read through a link put in place since.
        const file = await open(join(source, path), constants.O_RDONLY | constants.O_NOFOLLOW);
        await writeEntry(target, guard, { path, mode: found.mode, content: file.createReadStream() });
      } else {
        const what = found.isSymbolicLink() ? 'a link' : 'neither a file nor a directory';
        throw contentProblem(`'${shownName(path)}' is ${what}`);
      }
    }
  };
  await copy('');
}
