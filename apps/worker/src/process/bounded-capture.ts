import { Buffer } from 'node:buffer';

/** Bytes kept free at the end of a capture for the truncation mark. */
export const RESERVED_BYTES = 128;
const FIRST_BYTES = 4 * 1024;

export type StreamName = 'stdout' | 'stderr';

/** What one stream of a finished process said. */
export interface CapturedText {
  /** Valid UTF-8 without NUL; ends with the truncation mark when something was dropped. */
  readonly text: string;
  /** Bytes the process wrote that are not in `text`; 0 = everything is there. */
  readonly truncatedBytes: number;
}

/**
 * Keeps the beginning of a stream up to a limit and counts the rest, so an endless line costs no more memory than a short one.
 * Chunks are copied into one growing buffer: a million one-byte writes do not become a million objects.
 */
export class BoundedCapture {
  private buffer: Buffer = Buffer.allocUnsafe(0);
  private used = 0;
  private seen = 0;
  private readonly capacity: number;

  constructor(
    private readonly stream: StreamName,
    limitBytes: number,
  ) {
    this.capacity = Math.max(0, limitBytes - RESERVED_BYTES);
  }

  write(chunk: Buffer): void {
    this.seen += chunk.length;
    const taken = Math.min(chunk.length, this.capacity - this.used);
    if (taken <= 0) return;
    this.reserve(this.used + taken);
    chunk.copy(this.buffer, this.used, 0, taken);
    this.used += taken;
  }

  text(): CapturedText {
    const kept = this.seen > this.used ? characterBoundary(this.buffer, this.used) : this.used;
    const truncatedBytes = this.seen - kept;
    // PostgreSQL's jsonb cannot hold U+0000.
    const text = this.buffer.toString('utf8', 0, kept).replaceAll('\0', '\uFFFD');
    return { text: truncatedBytes > 0 ? text + truncationMark(this.stream) : text, truncatedBytes };
  }

  private reserve(bytes: number): void {
    if (bytes <= this.buffer.length) return;
    const size = Math.min(this.capacity, Math.max(bytes, this.buffer.length * 2, FIRST_BYTES));
    const grown = Buffer.allocUnsafeSlow(size);
    this.buffer.copy(grown, 0, 0, this.used);
    this.buffer = grown;
  }
}

export function truncationMark(stream: StreamName): string {
  return `\n\n[OUTPUT TRUNCATED: ${stream} exceeded size limit]\n`;
}

/** The largest position up to `end` that does not split a UTF-8 character. */
export function characterBoundary(bytes: Buffer, end: number): number {
  // A character is at most four bytes: look back over its continuation bytes (10xxxxxx) to its first byte.
  for (let start = end - 1; start >= Math.max(0, end - 4); start -= 1) {
    const byte = bytes[start] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return start + characterLength(byte) > end ? start : end;
  }
  return end;
}

function characterLength(firstByte: number): number {
  if (firstByte >= 0xf0) return 4;
  if (firstByte >= 0xe0) return 3;
  return firstByte >= 0xc0 ? 2 : 1;
}
