import { parseJson } from '@attune/engine';
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { type Config } from '../config/config.schema.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A stored secret cannot be opened: another key, or the text was changed. Says which row, never what is in it. */
export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

/**
 * Encrypts values at rest with AES-256-GCM. Key = SHA-256 of the configured text; stored form =
 * base64(nonce 12 ‖ ciphertext ‖ tag 16) of the JSON text. Seals with the current key, opens with the previous ones too.
 */
export class SecretBox {
  /** Tells which key made a stored value. A hash of the derived key, because the hash of the text is the key itself. */
  readonly keyHash: string;
  private readonly key: Buffer;
  private readonly fingerprintKey: Buffer;

  private readonly previousKeys: readonly Buffer[];

  constructor(encryptionKey: string, previousEncryptionKeys: readonly string[] = []) {
    this.key = derivedKey(encryptionKey);
    this.previousKeys = previousEncryptionKeys.map(derivedKey);
    this.keyHash = createHash('sha256').update(this.key).digest('hex');
    this.fingerprintKey = createHmac('sha256', this.key).update('fingerprint').digest();
  }

  static of({ encryptionKey, previousEncryptionKeys }: Config['security']): SecretBox {
    return new SecretBox(encryptionKey, previousEncryptionKeys);
  }

  seal(value: unknown): string {
    return this.sealText(JSON.stringify(value));
  }

  /**
   * The value; whole numbers beyond 2^53 as `bigint`.
   * @throws SecretBoxError when the key is none of ours or the text was altered
   */
  open(stored: string): unknown {
    return parseJson(this.openText(stored));
  }

  /**
   * The same secret, sealed with the current key; its text is not touched. Null when the current key has sealed it already.
   * @throws SecretBoxError
   */
  reseal(stored: string): string | null {
    return openWith(this.key, stored) === null ? this.sealText(this.openText(stored, this.previousKeys)) : null;
  }

  /** A digest that is equal for equal texts and, without the key, tells nothing about them: even a short secret cannot be found by trying. */
  fingerprint(text: string): string {
    return `hmac-sha256:${createHmac('sha256', this.fingerprintKey).update(text).digest('hex')}`;
  }

  private sealText(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64');
  }

  private openText(stored: string, keys: readonly Buffer[] = [this.key, ...this.previousKeys]): string {
    for (const key of keys) {
      const text = openWith(key, stored);
      if (text !== null) return text;
    }
    throw new SecretBoxError('a stored secret cannot be opened with the configured encryption keys');
  }
}

const derivedKey = (encryptionKey: string): Buffer => createHash('sha256').update(encryptionKey).digest();

/** Null: another key made it, or it was altered. Which of both it is nobody can tell. */
function openWith(key: Buffer, stored: string): string | null {
  const bytes = Buffer.from(stored, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
