import { requireLocalPath, requireLoopbackAddress } from './redirect-targets.js';

describe('requireLocalPath', () => {
  it.each(['/', '/executions/7?tab=log#end', '/a//b'])('takes %s', (path) => {
    expect(requireLocalPath(path)).toBe(path);
  });

  it.each([
    '',
    'executions',
    '//evil.example',
    '/\\evil.example',
    '/a\\b',
    '/\t/evil.example',
    '/a\nLocation: https://evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    `/${'a'.repeat(2_048)}`,
  ])('refuses %j', (path) => {
    expect(() => requireLocalPath(path)).toThrow(expect.objectContaining({ code: 'auth.bad_request' }) as Error);
  });
});

describe('requireLoopbackAddress', () => {
  it.each(['http://localhost:4000/callback', 'http://127.0.0.1:1', 'http://[::1]:4000/x?y=1', 'http://LOCALHOST:1/'])(
    'takes %s',
    (address) => {
      expect(requireLoopbackAddress(address).protocol).toBe('http:');
    },
  );

  it.each([
    '',
    'localhost:4000',
    'https://localhost:4000',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example/',
    'http://127.0.0.1@evil.example/',
    'http://user:pass@localhost/',
    'http://evil.example/#localhost',
    'http://localhost/#x',
    'http://0.0.0.0:1/',
    'http://192.168.0.1/',
    'http://[::]/',
    'javascript://localhost/%0aalert(1)',
    'file://localhost/etc/passwd',
  ])('refuses %j', (address) => {
    expect(() => requireLoopbackAddress(address)).toThrow(
      expect.objectContaining({ code: 'auth.bad_request' }) as Error,
    );
  });
});
