import { BlockList, isIP } from 'node:net';

interface AddressRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** IP addresses and networks (CIDR), both families. An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is the IPv4 address. */
export class AddressList {
  private readonly list = new BlockList();

  /** @throws TypeError for an entry that is neither an address nor a network */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const range = readRange(entry);
      if (!range) throw new TypeError(`"${entry}" is neither an IP address nor a network such as 192.0.2.0/24`);
      this.list.addSubnet(range.address, range.prefix, range.family);
    }
  }

  /** Whether the address is in one of the ranges; what is no address is in none. */
  has(address: string): boolean {
    const range = readRange(address);
    return range !== null && !address.includes('/') && this.list.check(range.address, range.family);
  }
}

/** Whether a text can be an entry of an {@link AddressList}. */
export const isAddressRange = (entry: string): boolean => readRange(entry) !== null;

const BITS = { ipv4: 32, ipv6: 128 } as const;

/** Bits before the IPv4 address in a mapped one. */
const MAPPED_BITS = 96;

function readRange(entry: string): AddressRange | null {
  // Digits are asked for, because Number('') is 0: "10.0.0.0/" would be everybody.
  const [, text = '', digits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(text);
  if (version === 0) return null;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const prefix = digits === undefined ? BITS[family] : Number(digits);
  if (prefix > BITS[family]) return null;
  const mapped = family === 'ipv6' && prefix >= MAPPED_BITS ? mappedAddress(text) : null;
  return mapped === null
    ? { address: text, prefix, family }
    : { address: mapped, prefix: prefix - MAPPED_BITS, family: 'ipv4' };
}

/** The IPv4 address of `::ffff:192.0.2.1`, in whatever way it is written; null for any other IPv6 address. */
function mappedAddress(address: string): string | null {
  // The URL parser writes each address in one way, and mapped ones with two groups of hexadecimal digits.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return null;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
}
