import { createHmac, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { type WebhookOptions } from './webhook-options.js';

/** Whether an address is on the list. An entry nobody can read makes the answer no. */
export function isAddressAllowed(ips: readonly string[], address: string): boolean {
  const list = new BlockList();
  try {
    for (const entry of ips) addEntry(list, entry);
  } catch {
    return false;
  }
  const plain = withoutMapping(address);
  const family = familyOf(plain);
  return family !== null && list.check(plain, family);
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const family = familyOf(address);
  if (!family) throw new TypeError(`${entry} is no address`);
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(prefix), family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
}

/** A socket that takes both families shows an IPv4 peer as `::ffff:192.0.2.1`. */
const withoutMapping = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

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
