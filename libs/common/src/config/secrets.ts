import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCodeOf, messageOf, StartupError } from '../errors/domain-error.js';
import { type Secrets } from './config.schema.js';

const FILE = 'secrets.json';
const secret = z.string().min(32);
const storedSecrets = z.object({
  jwtSecret: secret,
  encryptionKey: secret,
  /** Keys that are being replaced. */
  previousEncryptionKeys: z.array(secret).default([]),
});

/**
 * The secrets kept under the data directory (mode 0600), made on first use. Safe to call from several processes at once:
 * the file appears whole and only one of them makes it.
 */
export function localSecrets(dataDir: string): Secrets {
  return keepingIn(dataDir, (path) => read(path) ?? create(path));
}

/**
 * Gives the data directory a new encryption key and keeps the old one beside it, for what it has encrypted. Does nothing while
 * an old one is still kept: that change is under way. Whoever calls it is alone with the directory.
 */
export function replaceLocalEncryptionKey(dataDir: string): Secrets {
  return keepingIn(dataDir, (path) => {
    const secrets = localSecrets(dataDir);
    if (secrets.previousEncryptionKeys.length > 0) return secrets;
    return write(path, {
      ...secrets,
      encryptionKey: randomSecret(),
      previousEncryptionKeys: [secrets.encryptionKey],
    });
  });
}

/** Forgets the old encryption keys: nothing they encrypted is left. */
export function forgetPreviousLocalKeys(dataDir: string): void {
  keepingIn(dataDir, (path) => write(path, { ...localSecrets(dataDir), previousEncryptionKeys: [] }));
}

function keepingIn<T>(dataDir: string, work: (path: string) => T): T {
  try {
    mkdirSync(dataDir, { recursive: true });
    return work(join(dataDir, FILE));
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
  const secrets: Secrets = { jwtSecret: randomSecret(), encryptionKey: randomSecret(), previousEncryptionKeys: [] };
  const draft = writeDraft(path, secrets);
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

/** The old file or the new one is there at any moment, also after the power has failed: both hold keys nothing can replace. */
function write(path: string, secrets: Secrets): Secrets {
  renameSync(writeDraft(path, secrets), path);
  return secrets;
}

function writeDraft(path: string, { previousEncryptionKeys: previous, ...secrets }: Secrets): string {
  const draft = `${path}.${process.pid}`;
  const content = { ...secrets, ...(previous.length > 0 && { previousEncryptionKeys: previous }) };
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return draft;
}

const randomSecret = (): string => randomBytes(36).toString('base64url');
