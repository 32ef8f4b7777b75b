import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromFileError } from './postgres-error.js';
import { type ProcessIdentity } from './process-identity.js';

/** What has to outlive the process that runs the server. Kept in `<dataDir>/server.json`, mode 0600. */
export interface ServerState {
  readonly user: string;
  readonly password: string;
  /** The port of the last run, asked for again so that the URL stays the same. */
  readonly port: number | null;
  /** Who runs the server, null after an orderly stop. */
  readonly owner: ProcessIdentity | null;
}

/** Null when there is none or it is not readable as ours (then a new password is made). */
export async function readServerState(dataDir: string): Promise<ServerState | null> {
  const content = await readFile(statePath(dataDir), 'utf8').catch(() => null);
  if (content === null) return null;
  try {
    const state = JSON.parse(content) as Partial<ServerState>;
    if (typeof state.password !== 'string' || typeof state.user !== 'string') return null;
    return { user: state.user, password: state.password, port: state.port ?? null, owner: state.owner ?? null };
  } catch {
    return null;
  }
}

/** Replaces the file in one step: a crash leaves the old or the new one. */
export async function writeServerState(dataDir: string, state: ServerState): Promise<void> {
  const path = statePath(dataDir);
  const next = `${path}.${process.pid}`;
  try {
    await writeFile(next, `${JSON.stringify(state)}\n`, { mode: 0o600 });
    await rename(next, path);
  } catch (error) {
    throw fromFileError(error, dataDir);
  }
}

export function generatePassword(): string {
  return randomBytes(24).toString('base64url');
}

function statePath(dataDir: string): string {
  return join(dataDir, 'server.json');
}
