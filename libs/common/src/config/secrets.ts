import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCodeOf, messageOf, StartupError } from '../errors/domain-error.js';
import { type Secrets } from './config.schema.js';

const FILE = 'secrets.json';
const storedSecrets = z.object({ jwtSecret: z.string().min(32), encryptionKey: z.string().min(32) });

/**
 * The secrets kept under the data directory (mode 0600), made on first use. Safe to call from several processes at once:
 * the file appears whole and only one of them makes it.
 */
export function localSecrets(dataDir: string): Secrets {
  const path = join(dataDir, FILE);
  try {
    mkdirSync(dataDir, { recursive: true });
    return read(path) ?? create(path);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`cannot keep secrets in data directory ${dataDir}: ${messageOf(error)}`, { cause: error });
  }
}

function read(path: string): Secrets | undefined {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return storedSecrets.parse(JSON.parse(content));
  } catch (error) {
    throw new StartupError(`${path} is damaged: restore it, for stored secrets cannot be read without it`, {
      cause: error,
    });
  }
}

function create(path: string): Secrets {
  const secrets: Secrets = { jwtSecret: randomSecret(), encryptionKey: randomSecret() };
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path); // unlike rename it fails when somebody else was first
    return secrets;
  } catch (error) {
    const theirs = read(path);
    if (theirs) return theirs;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

const randomSecret = (): string => randomBytes(36).toString('base64url');
