import { isPublicAddress, resolveHost } from './public-address.js';

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001:81b::200e'])(
    '%s is',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
    '2002:a00:1::',
    'localhost',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('resolveHost', () => {
  const rules = { allowHttp: false, allowedHosts: [] as string[], indexHosts: ['localhost'] };

  it('refuses a name that stands for a private address, also of a pack index', async () => {
    await expect(resolveHost('localhost', rules)).rejects.toMatchObject({ code: 'pack.bad_request' });
    await expect(resolveHost('127.0.0.1', rules)).rejects.toThrow('has a private address');
    await expect(resolveHost('::1', rules)).rejects.toThrow('has a private address');
  });

  it('takes one that an operator named', async () => {
    const named = { ...rules, allowedHosts: ['127.0.0.1'] };
    expect(await resolveHost('127.0.0.1', named)).toEqual([{ address: '127.0.0.1', family: 4 }]);
  });
});
