import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sourceProblem } from './source-rules.js';

/**
 * The real place of a path of this machine, which has to lie below one of the roots wherever its links lead: otherwise
 * whoever may install packs could read any file the service can.
 *
 * @throws DomainError, in the same words whether the path is elsewhere or not there at all
 */
export async function requireLocalPath(path: string, roots: readonly string[]): Promise<string> {
  const found = await realpath(resolve(path)).catch(() => null);
  const allowed = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  const isBelow = (root: string | null): boolean =>
    found !== null && root !== null && (found === root || found.startsWith(join(root, '/')));
  if (found !== null && allowed.some(isBelow)) return found;
  throw sourceProblem('There is no such path below the directories packs may be taken from');
}
