import { createHmac, timingSafeEqual } from 'node:crypto';
import { AddressList } from '@attune/common';
import { type WebhookOptions } from './webhook-options.js';

/** Whether an address is on the list. An entry nobody can read makes the answer no. */
export function isAddressAllowed(ips: readonly string[], address: string): boolean {
  try {
    return new AddressList(ips).has(address);
  } catch {
    return false;
  }
}

interface Signed {
  readonly body: Buffer;
  /** `hex` or `<algorithm>=hex`; undefined when no header was sent. */
  readonly signature: string | undefined;
}

/** Whether the signature is that of the body, made with the algorithm the webhook demands. */
export function isSignatureRight(
  algorithm: Extract<NonNullable<WebhookOptions['hmac']>, { enabled: true }>['algorithm'],
  secret: string,
  { body, signature }: Signed,
): boolean {
  const match = /^(?:(\w+)=)?([0-9a-f]+)$/i.exec(signature ?? '');
  const [, named, hex = ''] = match ?? [];
  if (named !== undefined && named.toLowerCase() !== algorithm) return false;
  const expected = createHmac(algorithm, secret).update(body).digest();
  const given = Buffer.from(hex, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
