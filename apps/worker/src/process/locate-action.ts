import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';
import { StartError } from './start-error.js';

/**
 * The file behind an entry point, with symbolic links resolved.
 * @throws StartError when it does not exist, is no file, or leaves the pack
 */
export async function locateActionFile(packDir: string, entryPoint: string): Promise<string> {
  const wanted = resolve(packDir, 'actions', entryPoint);
  // Checked by name first, so that nobody learns which files exist outside the pack.
  if (isAbsolute(entryPoint) || !isBelow(resolve(packDir), wanted)) throw leaves(entryPoint);
  const missing = (): never => {
    throw new StartError(`Action file not found: ${wanted}`);
  };
  const pack = await realpath(packDir).catch(missing);
  const file = await realpath(wanted).catch(missing);
  if (!isBelow(pack, file)) throw leaves(entryPoint);
  if (!(await stat(file)).isFile()) throw new StartError(`Action entry point is not a file: ${wanted}`);
  return file;
}

/** @throws StartError when the file may not be executed */
export async function assertExecutable(file: string): Promise<void> {
  if (!(await isExecutable(file))) throw new StartError(`Action file is not executable: ${file}`);
}

/** The absolute path of a program: a name is looked up in `path`, anything with a slash is relative to `base`. Null = there is none. */
export async function findProgram(program: string, path: string, base: string): Promise<string | null> {
  const candidates = program.includes('/')
    ? [resolve(base, program)]
    : path.split(delimiter).map((directory) => join(directory === '' ? base : directory, program));
  for (const candidate of candidates) {
    if ((await isFile(candidate)) && (await isExecutable(candidate))) return candidate;
  }
  return null;
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function isBelow(directory: string, path: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function leaves(entryPoint: string): StartError {
  return new StartError(`Action entry point leaves its pack: ${entryPoint}`);
}
