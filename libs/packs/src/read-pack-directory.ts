import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { errorCodeOf, messageOf } from '@attune/common';
import { COMPONENT_DIRECTORIES, MANIFEST, type PackFile, type PackFiles } from './format/pack-files.js';
import { type PackReading, parsePack } from './format/parse-pack.js';
import { MAX_YAML_BYTES } from './format/yaml-document.js';
import { type ComponentType, type PackProblem } from './problem.js';

/**
 * Reads and understands the pack in a directory. Whatever is wrong with it is in `problems`, all of it; throws only when
 * the directory itself cannot be read.
 */
export async function readPackDirectory(directory: string): Promise<PackReading> {
  if (!(await stat(directory)).isDirectory()) throw new Error(`${directory} is not a directory`);
  const problems: PackProblem[] = [];
  const files: PackFile[] = [];
  const readInto = async (path: string, type: ComponentType): Promise<void> => {
    try {
      files.push({ path, text: await readYaml(join(directory, path)) });
    } catch (error) {
      if (path === MANIFEST && errorCodeOf(error) === 'ENOENT') return;
      problems.push({ file: path, line: null, component_type: type, ref: null, key: null, error: messageOf(error) });
    }
  };
  await readInto(MANIFEST, 'pack');
  for (const [folder, type] of COMPONENT_DIRECTORIES) {
    for (const name of await yamlNames(join(directory, folder))) await readInto(posix.join(folder, name), type);
  }
  const reading = parsePack({ files, entryPoints: await listEntryPoints(join(directory, 'actions')) });
  // A file that could not be read is not missing as well.
  const unread = new Set(problems.map(({ file }) => file));
  return { ...reading, problems: [...problems, ...reading.problems.filter(({ file }) => !unread.has(file))] };
}

/** YAML files at the top level of a directory, in filename order; none when there is no such directory. */
export async function yamlNames(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(emptyWhenMissing);
  return names.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.')).sort();
}

/** @throws Error also for a file that is too large to have been written by hand */
export async function readYaml(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_YAML_BYTES) throw new Error(`is larger than ${MAX_YAML_BYTES} bytes`);
  return readFile(path, 'utf8');
}

async function listEntryPoints(directory: string): Promise<PackFiles['entryPoints']> {
  const found = new Map<string, { executable: boolean }>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(directory.length + 1).replaceAll('\\', '/');
    found.set(name, { executable: await isExecutable(path) });
  }
  return found;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function emptyWhenMissing(error: unknown): string[] {
  if (errorCodeOf(error) === 'ENOENT') return [];
  throw error;
}
