import { bucketsOf, network, ThrottleKeys } from './throttle-buckets.js';

const SETTINGS = { enabled: true, windowSeconds: 900, perLoginAndAddress: 10, perLogin: 100, perAddress: 50 };
const keys = new ThrottleKeys('secret');
const scopes = (login: string | null, isKnown = false, settings = SETTINGS) =>
  bucketsOf({ login, ip: '10.0.0.1' }, settings, { keys, isKnown }).map(({ scope, share }) => [scope, share]);

describe('bucketsOf', () => {
  it('counts by login, by address and by both', () => {
    expect(scopes('ada')).toEqual([
      ['login+address', 0.1],
      ['address', 0.02],
      ['login', 0.01],
    ]);
  });

  it('counts by both alone where the login comes from usually', () => {
    expect(scopes('ada', true)).toEqual([['login+address', 0.1]]);
  });

  it('counts tokens by address, apart from logins', () => {
    expect(scopes(null)).toEqual([['token', 0.02]]);
  });

  it('leaves out what is switched off', () => {
    expect(scopes('ada', false, { ...SETTINGS, perLogin: 0, perAddress: 0 })).toEqual([['login+address', 0.1]]);
    expect(scopes(null, false, { ...SETTINGS, perAddress: 0 })).toEqual([]);
  });
});

describe('ThrottleKeys', () => {
  it('tells logins and addresses apart, but not upper from lower case', () => {
    const of = (login: string, ip: string) => keys.of('login+address', { login, ip });
    expect(of('Ada', '10.0.0.1')).toBe(of('ada', '10.0.0.1'));
    expect(new Set([of('ada', '10.0.0.1'), of('bob', '10.0.0.1'), of('ada', '10.0.0.2')]).size).toBe(3);
    expect(keys.of('login', { login: 'ada', ip: '10.0.0.1' })).toBe(keys.of('login', { login: 'ada', ip: '10.0.0.2' }));
    expect(keys.of('address', { login: 'ada', ip: '10.0.0.1' })).toBe(
      keys.of('address', { login: 'bob', ip: '10.0.0.1' }),
    );
  });

  it('shows neither, and cannot be guessed without the secret', () => {
    const key = keys.of('login', { login: 'ada', ip: '10.0.0.1' });
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(new ThrottleKeys('another').of('login', { login: 'ada', ip: '10.0.0.1' })).not.toBe(key);
  });
});

describe('network', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (ip, expected) => {
    expect(network(ip)).toBe(expected);
  });
});
