import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Config } from '@attune/common';
import { type LoginFact } from './summary.js';

/** How the person logs in: the file that the API wrote when it made the first administrator, or their own configuration. */
export function findFirstLogin(config: Config): LoginFact {
  const path = join(config.dataDir, 'credentials.json');
  const stored = readCredentials(path);
  if (config.bootstrap.login !== null) return { type: 'configured', login: config.bootstrap.login };
  return stored === null ? { type: 'unknown' } : { type: 'stored', ...stored, file: relative(process.cwd(), path) };
}

function readCredentials(path: string): { login: string; password: string } | null {
  try {
    const { login, password } = JSON.parse(readFileSync(path, 'utf8')) as { login?: unknown; password?: unknown };
    return typeof login === 'string' && typeof password === 'string' ? { login, password } : null;
  } catch {
    return null;
  }
}
