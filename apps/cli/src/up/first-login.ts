import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config } from '@attune/common';
import { displayPath } from './display-path.js';
import { type LoginFact } from './summary.js';

/** How the person logs in. The API wrote the file when it made the first administrator, also when the person chose the password. */
export function findFirstLogin({ dataDir, bootstrap }: Pick<Config, 'dataDir' | 'bootstrap'>): LoginFact {
  const path = join(dataDir, 'credentials.json');
  const stored = readCredentials(path);
  if (stored === null) return { type: 'unknown' };
  if (stored.password === bootstrap.password) return { type: 'configured', login: stored.login };
  return { type: 'stored', ...stored, file: displayPath(path) };
}

function readCredentials(path: string): { login: string; password: string } | null {
  try {
    const { login, password } = JSON.parse(readFileSync(path, 'utf8')) as { login?: unknown; password?: unknown };
    return typeof login === 'string' && typeof password === 'string' ? { login, password } : null;
  } catch {
    return null;
  }
}
