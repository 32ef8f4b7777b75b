import { requireRefSpec } from './fetch-repository.js';
import { readGitRemote } from './git-repository.js';
import { readPackSource } from './pack-source.js';
import { readHttpUrl } from './source-rules.js';

describe('readPackSource', () => {
  it.each([
    ['https://example.org/demo.git', null, 'git'],
    ['https://example.org/demo.git?x=1', null, 'git'],
    ['https://example.org/demo', 'v1', 'git'],
    ['https://example.org/demo.tar.gz', null, 'archive'],
    ['git@example.org:team/demo', null, 'git'],
    ['ssh://git@example.org/demo', null, 'git'],
    ['git://example.org/demo', null, 'git'],
    ['file:///srv/demo', null, 'git'],
    ['/srv/demo', null, 'local'],
    ['./demo', null, 'local'],
    ['/srv/demo.git', null, 'git'],
    ['demo', null, 'registry'],
    ['demo@1.2.0', null, 'registry'],
  ] as const)('%s (%s) is %s', (source, refSpec, type) => {
    expect(readPackSource(source, refSpec).type).toBe(type);
  });

  it('reads the version that is asked of an index', () => {
    expect(readPackSource('demo@1.2.0', null)).toEqual({ type: 'registry', ref: 'demo', version: '1.2.0' });
    expect(readPackSource('demo', null)).toEqual({ type: 'registry', ref: 'demo', version: null });
  });
});

const rules = { allowHttp: false, allowedHosts: [] as string[], indexHosts: [] as string[] };

describe('readHttpUrl', () => {
  it.each([
    ['http://example.org/x', 'plain http is not allowed'],
    ['ftp://example.org/x', 'must begin with https'],
    ['https://user:secret@example.org/x', 'must not hold credentials'],
    ['https://token@example.org/x', 'must not hold credentials'],
    ['https://', 'no valid URL'],
  ])('refuses %s without saying a secret', (url, message) => {
    const read = () => readHttpUrl(url, rules);
    expect(read).toThrow(message);
    expect(read).not.toThrow('secret');
  });

  it('takes the hosts that are allowed only, once there are any', () => {
    const some = { ...rules, allowedHosts: ['Packs.example.org'], indexHosts: ['index.example.org'] };
    expect(readHttpUrl('https://packs.example.org/x', some).host).toBe('packs.example.org');
    expect(readHttpUrl('https://index.example.org/x', some).host).toBe('index.example.org');
    expect(() => readHttpUrl('https://evil.example.org/x', some)).toThrow('none of the allowed hosts');
  });
});

describe('readGitRemote', () => {
  it.each([
    ['--upload-pack=touch /tmp/x', 'no valid repository'],
    ['ext::sh -c touch% /tmp/x', 'must begin with https'],
    ['git://example.org/demo', 'git:// is not allowed'],
    ['git@example.org:demo', 'take a host an operator has allowed'],
    ['ssh://git@example.org/demo', 'take a host an operator has allowed'],
    ['file:///etc', 'no such path below'],
    ['/etc', 'no such path below'],
    ['https://127.0.0.1/demo.git', 'has a private address'],
    ['https://[::1]/demo.git', 'has a private address'],
    ['demo', 'no valid repository'],
  ])('refuses %s', async (source, message) => {
    await expect(readGitRemote(source, rules, ['/srv/packs'])).rejects.toThrow(message);
  });
});

describe('requireRefSpec', () => {
  it.each(['main', 'v1.2.0', 'feature/x', 'a1b2c3d4'])('takes %s', (refSpec) => {
    expect(requireRefSpec(refSpec)).toBe(refSpec);
  });

  it.each(['-x', '--upload-pack=x', 'a..b', 'a b', 'a:b', 'a^', 'a~1', '*', '', '+a', 'a/'])(
    'refuses %j',
    (refSpec) => {
      expect(() => requireRefSpec(refSpec)).toThrow('ref_spec must be');
    },
  );
});
