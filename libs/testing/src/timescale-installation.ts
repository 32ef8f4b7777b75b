import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PLACES = [
  '/usr/lib/postgresql/*/bin/pg_config', // Debian, Ubuntu, PGDG
  '/usr/pgsql-*/bin/pg_config', // PGDG on RPM systems
  '/opt/homebrew/opt/postgresql@*/bin/pg_config',
  '/usr/local/opt/postgresql@*/bin/pg_config',
  '/usr/local/pgsql/bin/pg_config',
];

/** The program directory of the newest PostgreSQL on this machine that has TimescaleDB; null when there is none. */
export function findTimescaleBinDir(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(':').map((directory) => join(directory, 'pg_config'));
  const installed = globSync(PLACES).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const program of [...installed, ...onPath]) {
    const binDir = existsSync(program) ? binDirWithTimescale(program) : null;
    if (binDir !== null) return binDir;
  }
  return null;
}

function binDirWithTimescale(pgConfig: string): string | null {
  try {
    const ask = (flag: string): string => execFileSync(pgConfig, [flag], { encoding: 'utf8', stdio: 'pipe' }).trim();
    const hasExtension = existsSync(join(ask('--sharedir'), 'extension', 'timescaledb.control'));
    // Client packages bring pg_config too; the server programs may be missing, or live beside another pg_config.
    return hasExtension ? ([dirname(pgConfig), ask('--bindir')].find(hasServer) ?? null) : null;
  } catch {
    return null;
  }
}

const hasServer = (directory: string): boolean =>
  ['initdb', 'postgres'].every((program) => existsSync(join(directory, program)));
