import { requireOwnOrigin } from './own-origin.js';

const TRUSTED = ['https://ui.example.org', 'http://localhost:5173'];

const isAllowed = (method: 'GET' | 'POST' | 'DELETE', headers: Readonly<Record<string, string>>): boolean => {
  try {
    requireOwnOrigin({ method }, { header: (name) => headers[name] }, TRUSTED);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'permission.forbidden' });
    return false;
  }
};

describe('requireOwnOrigin', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['no browser', { host: 'attune.example.org' }, true],
    ['our own page', { host: 'attune.example.org', origin: 'https://attune.example.org' }, true],
    [
      'our own page, with its default port',
      { host: 'attune.example.org:443', origin: 'https://attune.example.org' },
      true,
    ],
    ['our own page on a port', { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' }, true],
    ['a trusted page', { host: 'attune.example.org', origin: 'https://ui.example.org' }, true],
    ['an old browser of our own page', { host: 'a', 'sec-fetch-site': 'same-origin' }, true],
    ['another site', { host: 'attune.example.org', origin: 'https://evil.example' }, false],
    ['another port', { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:9090' }, false],
    ['a trusted host on another scheme', { host: 'a', origin: 'http://ui.example.org' }, false],
    ['a name that begins like ours', { host: 'attune.example', origin: 'https://attune.example.evil' }, false],
    ['a sandboxed frame', { host: 'attune.example.org', origin: 'null' }, false],
    ['nonsense', { host: 'attune.example.org', origin: 'attune.example.org' }, false],
    ['no host at all', { origin: 'https://evil.example' }, false],
    ['a neighbour of our domain without Origin', { host: 'a.example.org', 'sec-fetch-site': 'same-site' }, false],
    ['another site without Origin', { host: 'a', 'sec-fetch-site': 'cross-site' }, false],
  ])('%s', (_case, headers, expected) => {
    expect(isAllowed('POST', headers)).toBe(expected);
    expect(isAllowed('DELETE', headers)).toBe(expected);
    expect(isAllowed('GET', headers)).toBe(true);
  });
});
