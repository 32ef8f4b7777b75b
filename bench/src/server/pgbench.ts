import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

export interface PgbenchOptions {
  readonly clients: number;
  readonly seconds: number;
  /** Rows of one insert, which is one transaction. */
  readonly rows: number;
}

/** Rows per second that `clients` connections insert and commit, by pgbench; null where it is not installed. */
export async function insertedRowsPerSecond(databaseUrl: string, options: PgbenchOptions): Promise<number | null> {
  const program = findPgbench();
  if (program === null) return null;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const folder = await mkdtemp(join(tmpdir(), 'attune-pgbench-'));
  try {
    await client.query('create table pgbench_insert (id bigint generated always as identity primary key, note text)');
    const script = join(folder, 'insert.sql');
    const values = Array.from({ length: options.rows }, () => `('bench')`).join(', ');
    await writeFile(script, `insert into pgbench_insert (note) values ${values};\n`);
    const { clients, seconds } = options;
    const args = ['-n', '-f', script, '-c', String(clients), '-j', '2', '-T', String(seconds), databaseUrl];
    const { stdout } = await run(program, args);
    const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
    if (rate === undefined) throw new Error(`pgbench printed no rate:\n${stdout}`);
    return Number(rate) * options.rows;
  } finally {
    await client.query('drop table if exists pgbench_insert');
    await client.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** pgbench on the path or where Debian keeps it; the embedded PostgreSQL comes without. */
function findPgbench(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'pgbench'));
  const debian = '/usr/lib/postgresql';
  const packaged = existsSync(debian)
    ? readdirSync(debian)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(debian, version, 'bin/pgbench'))
    : [];
  return [...packaged, ...onPath].find((path) => existsSync(path)) ?? null;
}
