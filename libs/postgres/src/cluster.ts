import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PostgresBinaries } from './binaries.js';
import { errorCode } from './error-code.js';
import { PostgresError, fromFileError, fromServerOutput } from './postgres-error.js';
import { type RunAs, chooseRunAs, commandFor } from './run-as.js';

const STAGING_PREFIX = 'initdb-';

/** Where the cluster itself lives inside the data directory. */
export function clusterPath(dataDir: string): string {
  return join(dataDir, 'data');
}

/** The major version that made the cluster; null when there is none yet. */
export async function clusterVersion(dataDir: string): Promise<number | null> {
  const content = await readFile(join(clusterPath(dataDir), 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw fromFileError(error, dataDir);
  });
  return content === null ? null : Number.parseInt(content, 10);
}

/**
 * Makes a cluster with one superuser. It is built aside and moved into place complete, so an interrupted initdb leaves nothing that
 * looks like a cluster, and of two at once one wins.
 */
export async function createCluster(
  binaries: PostgresBinaries,
  dataDir: string,
  login: { user: string; password: string; durable: boolean },
): Promise<void> {
  try {
    for (const name of await readdir(dataDir)) {
      if (name.startsWith(STAGING_PREFIX)) await rm(join(dataDir, name), { recursive: true, force: true });
    }
    const staging = await mkdtemp(join(dataDir, STAGING_PREFIX));
    try {
      await buildIn(staging, binaries, login);
      await rename(join(staging, 'data'), clusterPath(dataDir));
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  } catch (error) {
    throw fromFileError(error, dataDir);
  }
}

async function buildIn(
  staging: string,
  binaries: PostgresBinaries,
  login: { user: string; password: string; durable: boolean },
): Promise<void> {
  const data = join(staging, 'data');
  const passwordFile = join(staging, 'password');
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, `${login.password}\n`, { mode: 0o600 });
  const runAs = chooseRunAs(binaries.initdb, staging);
  const args = [
    ...['-D', data, '-U', login.user, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8'],
    ...localeArguments(binaries.major),
    ...(login.durable ? [] : ['--no-sync']),
  ];
  const { code, output } = await runToEnd(runAs, binaries.initdb, args);
  if (code !== 0) throw fromServerOutput(output, { doing: 'make a database directory', dataDir: staging });
}

/** Unicode case rules and byte order for sorting, the same on every machine and after every upgrade of the C library. */
function localeArguments(major: number): string[] {
  if (major >= 17) return ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  return process.platform === 'linux' ? ['--locale', 'C.UTF-8'] : ['--no-locale'];
}

/** Sets the superuser's password without knowing the old one. The server must be down. */
export async function resetPassword(
  binaries: PostgresBinaries,
  dataDir: string,
  login: { user: string; password: string },
): Promise<void> {
  const cluster = clusterPath(dataDir);
  const runAs = chooseRunAs(binaries.postgres, cluster);
  const statement = `alter role "${login.user.replaceAll('"', '""')}" password '${login.password}'\n`;
  const { code, output } = await runToEnd(runAs, binaries.postgres, ['--single', '-D', cluster, 'postgres'], statement);
  if (code !== 0 || /\b(ERROR|FATAL):/.test(output)) {
    throw fromServerOutput(output.replace('ERROR:', 'FATAL:'), { doing: 'set its password', dataDir });
  }
}

/** PostgreSQL insists on a directory closed to others. */
export async function closeToOthers(dataDir: string): Promise<void> {
  await chmod(clusterPath(dataDir), 0o700).catch((error: unknown) => {
    throw fromFileError(error, dataDir);
  });
}

export function assertVersion(found: number, binaries: PostgresBinaries, dataDir: string): void {
  if (found === binaries.major) return;
  throw new PostgresError(
    'data_dir_version',
    `The database in ${dataDir} was made by PostgreSQL ${found}, but this is PostgreSQL ${binaries.version}; dump it with version ${found} or choose another data directory`,
  );
}

function runToEnd(
  runAs: RunAs,
  program: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; output: string }> {
  const [command, all, options] = commandFor(runAs, program, args);
  const child = spawn(command, all, { ...options, env: serverEnvironment(), stdio: 'pipe' });
  let output = '';
  const keep = (chunk: Buffer): void => void (output += chunk.toString('utf8'));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', () => undefined); // it may leave before it reads; its exit code tells why
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, output }));
  });
}

/** Ours without PG* variables, which would change what the server does; messages in English so that we recognise them. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(PG|LC_|LANG)/.test(name) && !name.startsWith('ATTUNE'),
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
