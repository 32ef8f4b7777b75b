import { createHash, type Hash } from 'node:crypto';
import { type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { locateActionFile } from '../process/locate-action.js';

/** How long (ms) what is known of a pack's files is believed. */
const FRESH_MS = 250;
/** In a large pack looking may take at most this part of the time. */
const LOOKING_SHARE = 50;

/** Files whose change means that modules are to be loaded again; others may be written by the functions themselves. */
const CODE = /\.(?:[cm]?[jt]s|json|wasm|node|py|so)$/;
const MANIFEST = 'pack.yaml';
const CODE_DIRECTORIES = new Set(['actions', 'lib']);
const IGNORED = /^(?:\.|node_modules$|__pycache__$)/;

export interface LocatedEntry {
  /** The file, with symbolic links resolved. */
  readonly file: string;
  /** Differs when a file of the pack, or its environment, does. */
  readonly version: string;
}

interface Look {
  until: number;
  readonly version: Promise<string>;
  readonly files: Map<string, Promise<string>>;
}

/** Finds entry points and notices changed packs, looking at each pack a few times a second at most. */
export class PackFiles {
  private readonly looks = new Map<string, Look>();

  /** @throws StartError when there is no such file in the pack */
  async locate(packDir: string, environmentDir: string, entryPoint: string): Promise<LocatedEntry> {
    const look = this.lookAt(packDir, environmentDir);
    let file = look.files.get(entryPoint);
    if (file === undefined) {
      file = locateActionFile(packDir, entryPoint);
      look.files.set(entryPoint, file);
    }
    return { file: await file, version: await look.version };
  }

  private lookAt(packDir: string, environmentDir: string): Look {
    const key = `${packDir}\0${environmentDir}`;
    const known = this.looks.get(key);
    const now = performance.now();
    if (known !== undefined && now < known.until) return known;
    const version = versionOf(packDir, environmentDir);
    const look: Look = { until: now + FRESH_MS, version, files: new Map() };
    void version.then(() => {
      const end = performance.now();
      look.until = Math.max(look.until, end + (end - now) * LOOKING_SHARE);
    });
    this.looks.set(key, look);
    return look;
  }
}

/** A digest of names, times and sizes. */
async function versionOf(packDir: string, environmentDir: string): Promise<string> {
  const hash = createHash('sha1');
  // Which directory it is, not when it changed: functions run in it and may write there.
  hash.update(String((await stat(packDir).catch(() => null))?.ino));
  await addPath(hash, environmentDir);
  await addDirectory(hash, packDir, (entry) =>
    entry.isDirectory() ? CODE_DIRECTORIES.has(entry.name) : entry.name === MANIFEST || isCode(entry),
  );
  return hash.digest('base64');
}

function isCode({ name }: Dirent): boolean {
  // JSON at the top is what functions that run there leave behind; only Node's own file counts.
  return CODE.test(name) && (!name.endsWith('.json') || name === 'package.json');
}

async function addDirectory(hash: Hash, directory: string, isWanted: (entry: Dirent) => boolean): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter(isWanted).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) await addPath(hash, path);
    else await addDirectory(hash, path, ({ name }) => !IGNORED.test(name));
  }
}

async function addPath(hash: Hash, path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  hash.update(found === null ? `${path}\0\n` : `${path}\0${found.ino}\0${found.mtimeMs}\0${found.size}\n`);
}
