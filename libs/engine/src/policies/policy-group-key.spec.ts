import fc from 'fast-check';
import { canonicalJson, type Json, jsonEquals, type JsonObject } from '../json.js';
import { REDACTED_SECRET } from '../parameters/secrets.js';
import { MAX_GROUP_KEY_LENGTH, policyGroupKey } from './policy-group-key.js';

/** One-way enough for a spec: nothing of the text is left but its sum. */
const digest = (text: string): string =>
  `digest:${Array.from(text).reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003, 7)}`;
const keyOf = (paths: readonly string[], plain: JsonObject, redacted = plain): string =>
  policyGroupKey(paths, { plain, redacted: [{}, redacted] }, digest);

describe('the group key', () => {
  it('is the JSON of the values at the paths', () => {
    const parameters = { region: 'eu', host: { name: 'a', ports: [80, 443] }, other: 1 };
    expect(keyOf(['region'], parameters)).toBe('{"region":"eu"}');
    expect(keyOf(['region', 'host.ports.1'], parameters)).toBe('{"host.ports.1":443,"region":"eu"}');
    expect(keyOf(['host'], parameters)).toBe('{"host":{"name":"a","ports":[80,443]}}');
    expect(keyOf([], parameters)).toBe('{}');
  });

  it('holds null for what is missing, and never what objects inherit', () => {
    expect(keyOf(['a', 'b.c', 'constructor', '__proto__.x'], { b: 1 })).toBe(
      '{"__proto__.x":null,"a":null,"b.c":null,"constructor":null}',
    );
  });

  it('takes a name with dots for a name first', () => {
    expect(keyOf(['a.b'], { 'a.b': 1, a: { b: 2 } })).toBe('{"a.b":1}');
  });

  it('holds digests instead of secrets, at any depth', () => {
    const plain = { token: 'hunter2', nested: { list: ['hunter3'] }, open: 'x' };
    const redacted = { token: REDACTED_SECRET, nested: { list: [REDACTED_SECRET] }, open: 'x' };
    const key = keyOf(['token', 'nested', 'nested.list.0', 'open'], plain, redacted);
    expect(key).not.toMatch(/hunter/);
    expect(key).toContain('"open":"x"');
    expect(key).toBe(keyOf(['token', 'nested', 'nested.list.0', 'open'], plain, redacted));
    expect(key).not.toBe(keyOf(['token', 'nested', 'nested.list.0', 'open'], { ...plain, token: 'hunter1' }, redacted));
  });

  it('is the digest of itself when it is too long for its column', () => {
    const short = 'x'.repeat(MAX_GROUP_KEY_LENGTH - '{"a":""}'.length);
    expect(keyOf(['a'], { a: short })).toHaveLength(MAX_GROUP_KEY_LENGTH);
    expect(keyOf(['a'], { a: `${short}x` })).toBe(digest(canonicalJson({ a: `${short}x` })));
  });

  it('is equal exactly when the values are', () => {
    const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [one, other] = [keyOf(['p'], { p: a }), keyOf(['p'], { p: b })];
        if (one.startsWith('{') && other.startsWith('{')) expect(one === other).toBe(jsonEquals(a, b));
        expect(one.length).toBeLessThanOrEqual(MAX_GROUP_KEY_LENGTH);
      }),
    );
  });
});
