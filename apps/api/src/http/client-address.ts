import { isIP } from 'node:net';

/** What stands for a client whose proxy named no usable address: no list holds it, unless it holds everybody. */
export const UNKNOWN_ADDRESS = '::';

/**
 * The address of a client as it can be stored and compared. A trusted proxy passes on what others wrote before it, which may be
 * anything, also an address with a port.
 */
export function clientAddress(forwarded: string): string {
  const [, inBrackets, ipv4] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(forwarded) ?? [];
  const address = (inBrackets ?? ipv4 ?? forwarded).replace(/%.*$/, '');
  return isIP(address) === 0 ? UNKNOWN_ADDRESS : withoutMapping(address);
}

/** A socket that takes both families shows an IPv4 peer as `::ffff:192.0.2.1`. */
const withoutMapping = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
