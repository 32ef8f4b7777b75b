import { randomBytes } from 'node:crypto';

/**
 * An id for a request: in the log, in the audit log and in `X-Request-Id`. Always ours: one that came with the request
 * could be made to look like that of another one. A UUID of version 7, so that what a request did is found by its time.
 */
export function newRequestId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** When the request with this id came (ms since 1970); undefined when we did not make it. */
export function requestTimeOf(id: string): number | undefined {
  return id[14] === '7' ? parseInt(id.replaceAll('-', '').slice(0, 12), 16) : undefined;
}
