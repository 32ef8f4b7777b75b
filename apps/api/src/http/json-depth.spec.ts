import { isTooDeep, MAX_JSON_DEPTH } from './json-depth.js';

const nested = (depth: number, inner = '') => Buffer.from('['.repeat(depth) + inner + ']'.repeat(depth));

describe('isTooDeep', () => {
  it('knows the limit', () => {
    expect(isTooDeep(nested(MAX_JSON_DEPTH, `"${'x'.repeat(2_000)}"`))).toBe(false);
    expect(isTooDeep(nested(MAX_JSON_DEPTH + 1))).toBe(true);
    expect(isTooDeep(Buffer.from(`${'{"a":'.repeat(501)}1${'}'.repeat(501)}`))).toBe(true);
  });

  it('does not count brackets in texts, nor lists side by side', () => {
    expect(isTooDeep(Buffer.from(JSON.stringify(['['.repeat(2_000), '\\"['.repeat(1_000)])))).toBe(false);
    expect(isTooDeep(Buffer.from(`[${'[],'.repeat(2_000)}[]]`))).toBe(false);
  });
});
