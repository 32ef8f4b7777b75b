import { type LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { isNamedHost, type SourceRules, sourceProblem } from './source-rules.js';

/** Networks in which nothing public is: this machine, private and link-local ones, documentation, translation, multicast. */
const PRIVATE: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** All public IPv6 addresses are in here … */
const GLOBAL_V6 = ['2000::', 3] as const;
/** … except these: Teredo, ORCHID, documentation, and 6to4, which can stand for a private IPv4 address. */
const PRIVATE_V6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const privateV4 = new BlockList();
for (const [network, bits] of PRIVATE) privateV4.addSubnet(network, bits, 'ipv4');
const globalV6 = new BlockList();
globalV6.addSubnet(...GLOBAL_V6, 'ipv6');
const privateV6 = new BlockList();
for (const [network, bits] of PRIVATE_V6) privateV6.addSubnet(network, bits, 'ipv6');

/** Whether an address is one of the internet. Whatever is no address is not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !privateV4.check(address, 'ipv4');
    case 6:
      return globalV6.check(address, 'ipv6') && !privateV6.check(address, 'ipv6');
    default:
      return false;
  }
}

/**
 * Addresses of a host, each of them fit to be connected to. The connection has to go to one of these: asked again, the
 * name may stand for another.
 *
 * @throws DomainError when the host has a private address and no operator named it, or is not known
 */
export async function resolveHost(host: string, rules: SourceRules): Promise<LookupAddress[]> {
  const family = isIP(host);
  const addresses =
    family === 0
      ? await lookup(host, { all: true }).catch((error: unknown) => {
          throw sourceProblem(`The host '${host}' cannot be found`, error);
        })
      : [{ address: host, family }];
  if (!isNamedHost(rules, host) && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw sourceProblem(`The host '${host}' has a private address; only an operator can allow it`);
  }
  return addresses;
}
