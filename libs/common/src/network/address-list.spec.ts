import { AddressList, isAddressRange } from './address-list.js';

describe('a list of addresses', () => {
  it.each([
    ['192.0.2.7', ['192.0.2.7'], true],
    ['192.0.2.7', ['192.0.2.0/24'], true],
    ['192.0.3.7', ['192.0.2.0/24'], false],
    ['192.0.2.7', ['192.0.2.6/31'], true],
    ['192.0.2.7', ['0.0.0.0/0'], true],
    ['192.0.2.7', ['::/0'], true],
    ['192.0.2.7', [], false],
    ['2001:db8::1', ['2001:db8::/32'], true],
    ['2001:db9::1', ['2001:db8::/32', '10.0.0.0/8'], false],
    ['2001:DB8:0:0::1', ['2001:db8::1'], true],
    ['::ffff:192.0.2.7', ['192.0.2.0/24'], true],
    ['::ffff:c000:207', ['192.0.2.0/24'], true],
    ['192.0.2.7', ['::ffff:192.0.2.0/120'], true],
    ['192.0.3.7', ['::ffff:192.0.2.0/120'], false],
    ['nonsense', ['0.0.0.0/0', '::/0'], false],
    ['', ['0.0.0.0/0', '::/0'], false],
    ['192.0.2.0/24', ['192.0.2.0/24'], false],
  ])('asked for %s in %j answers %s', (address, entries, expected) => {
    expect(new AddressList(entries).has(address)).toBe(expected);
  });

  it.each([
    ...[
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10.0.0.0/ 8',
      '10.0.0.0/1e1',
      '10.0.0',
      ' 10.0.0.1',
    ],
    ...['2001:db8::/129', 'fe80::1%eth0', 'example.com', '', '/8', '*'],
  ])('does not take "%s"', (entry) => {
    expect(isAddressRange(entry)).toBe(false);
    expect(() => new AddressList(['192.0.2.1', entry])).toThrow(TypeError);
  });
});
