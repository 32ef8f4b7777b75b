import fc from 'fast-check';
import {
  canonicalJson,
  compareText,
  fitsJsonSize,
  getOwn,
  type Json,
  jsonEquals,
  parseJson,
  stringifyJson,
  withRawNumbers,
} from './json.js';

const anyJson = fc.jsonValue() as fc.Arbitrary<Json>;

describe('JSON values', () => {
  it('keeps large whole numbers through text', () => {
    const text = '{"big":9007199254740993,"list":[-18446744073709551616,1.5,12],"text":"9007199254740993"}';
    expect(parseJson(text)).toEqual({
      big: 9007199254740993n,
      list: [-18446744073709551616n, 1.5, 12],
      text: '9007199254740993',
    });
    expect(stringifyJson(parseJson(text))).toBe(text);
    expect(JSON.stringify(withRawNumbers(parseJson(text)))).toBe(text);
    const small = { a: [1, 'x', null] };
    expect(withRawNumbers(small)).toBe(small);
  });

  it('compares deeply, by value and without coercion', () => {
    expect(jsonEquals({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
    expect(jsonEquals({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(jsonEquals(9007199254740992, 9007199254740992n)).toBe(true);
    expect(jsonEquals(1, '1')).toBe(false);
    expect(jsonEquals(0, false)).toBe(false);
    expect(jsonEquals([], {})).toBe(false);
    expect(jsonEquals({ a: 1 }, { a: 1, b: 1 })).toBe(false);
    expect(jsonEquals({ toString: 1 }, { b: 1 })).toBe(false);
  });

  it('gives equal values one canonical text, and different values different ones', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(jsonEquals(a, b));
        expect(canonicalJson(JSON.parse(JSON.stringify(a)) as Json)).toBe(canonicalJson(a));
      }),
    );
    expect(canonicalJson({ b: 1, a: [2 ** 53] })).toBe(canonicalJson({ a: [9007199254740992n], b: 1 }));
  });

  it('measures without writing', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const size = JSON.stringify(value).length;
        expect(fitsJsonSize(value, size + Object.keys(value ?? {}).length * 2 + 100)).toBe(true);
      }),
    );
    expect(fitsJsonSize('x'.repeat(100), 50)).toBe(false);
    expect(fitsJsonSize({ a: ['x'.repeat(30), 'x'.repeat(30)] }, 50)).toBe(false);
  });

  it('orders text by code point', () => {
    const texts = ['a', 'A', '', 'ab', '\u{1f600}', '\uffee', 'é'];
    expect([...texts].sort(compareText)).toEqual(['', 'A', 'a', 'ab', 'é', '\uffee', '\u{1f600}']);
  });

  it('reads own keys only', () => {
    expect(getOwn({ a: 1 }, 'a')).toBe(1);
    expect(getOwn({ a: 1 }, 'constructor')).toBeUndefined();
    expect(getOwn([1], 'length')).toBeUndefined();
  });
});
