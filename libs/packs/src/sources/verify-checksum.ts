import { createHash, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { type DomainError } from '@attune/common';
import { sourceProblem } from './source-rules.js';

/** Those that cannot be forged at will. */
const ALGORITHMS: ReadonlySet<string> = new Set(['sha256', 'sha384', 'sha512']);

/** The digest of a pack that nobody announced one for. */
export const DEFAULT_ALGORITHM = 'sha256';

/** Passes a stream on and digests it on the way. */
export class DigestStream extends Transform {
  private readonly hash: Hash;

  constructor(private readonly algorithm: string) {
    super();
    this.hash = createHash(algorithm);
  }

  /** `sha256:…`; to be asked once, after the end. */
  digest(): string {
    return `${this.algorithm}:${this.hash.digest('hex')}`;
  }

  override _transform(chunk: Uint8Array, _encoding: string, done: TransformCallback): void {
    this.hash.update(chunk);
    done(null, chunk);
  }
}

/** @throws DomainError for an algorithm that proves nothing */
export function algorithmOf(checksum: string): string {
  const [algorithm = ''] = checksum.toLowerCase().split(':');
  if (ALGORITHMS.has(algorithm)) return algorithm;
  throw sourceProblem(`The pack index names a checksum by '${algorithm}'; sha256, sha384 or sha512 is needed`);
}

export const checksumMismatch = (): DomainError =>
  sourceProblem('The checksum of what was fetched is not the one the pack index names');
