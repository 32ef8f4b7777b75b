import { parseJson } from '@attune/engine';
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A stored secret cannot be opened: another key, or the text was changed. Says which row, never what is in it. */
export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

/**
 * Encrypts values at rest with AES-256-GCM. Key = SHA-256 of the configured text; stored form =
 * base64(nonce 12 ‖ ciphertext ‖ tag 16) of the JSON text.
 */
export class SecretBox {
  /** Tells which key made a stored value. A hash of the derived key, because the hash of the text is the key itself. */
  readonly keyHash: string;
  private readonly key: Buffer;
  private readonly fingerprintKey: Buffer;

  constructor(encryptionKey: string) {
    this.key = createHash('sha256').update(encryptionKey).digest();
    this.keyHash = createHash('sha256').update(this.key).digest('hex');
    this.fingerprintKey = createHmac('sha256', this.key).update('fingerprint').digest();
  }

  seal(value: unknown): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64');
  }

  /**
   * The value; whole numbers beyond 2^53 as `bigint`.
   * @throws SecretBoxError when the key is another one or the text was altered
   */
  open(stored: string): unknown {
    const bytes = Buffer.from(stored, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
      const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
      return parseJson(text);
    } catch (error) {
      throw new SecretBoxError('a stored secret cannot be opened with the configured encryption key', { cause: error });
    }
  }

  /** A digest that is equal for equal texts and, without the key, tells nothing about them: even a short secret cannot be found by trying. */
  fingerprint(text: string): string {
    return `hmac-sha256:${createHmac('sha256', this.fingerprintKey).update(text).digest('hex')}`;
  }
}
