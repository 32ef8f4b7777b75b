import fc from 'fast-check';
import { type Json, stringifyJson } from '../json.js';
import { evaluateExpression } from './evaluator.js';
import { ExpressionError } from './expression-error.js';
import { FUNCTION_NAMES } from './functions.js';
import { scopeOf } from './scope.js';

const scope = scopeOf({
  n: 7,
  s: 'héllo 😀',
  empty: '',
  list: [3, 1, 2],
  nested: { a: { b: [{ c: 'deep' }] }, in: 'keyword', 'x-y': 1 },
  nothing: null,
  yes: true,
  objects: [{ k: 1 }, { k: 2 }, { k: 1 }],
  big: 9007199254740993n,
});

const evaluate = (text: string): Json => evaluateExpression(text, scope);

describe('values of expressions', () => {
  it.each<[string, Json]>([
    // literals
    ['12', 12],
    ['1.5', 1.5],
    ["'it'", 'it'],
    [`'a\\n\\t\\r\\\\\\'\\"b'`, `a\n\t\r\\'"b`],
    [`"\\d\\x"`, '\\d\\x'],
    [`"it's"`, "it's"],
    ['true', true],
    ['false', false],
    ['null', null],
    ['[]', []],
    ['[1, "a", [true,],]', [1, 'a', [true]]],
    ['9007199254740993', 9007199254740993n],
    // precedence
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['2 * 3 % 4', 2],
    ['-2 * -3', 6],
    ['- -2', 2],
    ['-list[0]', -3],
    ['1 + 1 == 2', true],
    ['not 1 == 2', true],
    ['not true or true', true],
    ['not (1 in [1])', false],
    ['not 1 in [2]', true],
    ['not not 1', true],
    ['true or false and false', true],
    ['1 < 2 == true', true],
    ['"b" in "abc" and 2 in [1,2]', true],
    // and, or, truthiness
    ['1 and "x"', true],
    ['0 or ""', false],
    ['true or missing', true],
    ['false and missing', false],
    ['not null', true],
    ['not 0', true],
    ['not ""', true],
    ['not []', true],
    ['not nested', false],
    // + - * / %
    ['"a" + "b"', 'ab'],
    ['[1] + [2]', [1, 2]],
    ['1 + 0.5', 1.5],
    ['6 / 3', 2],
    ['7 / 2', 3.5],
    ['7 % 3', 1],
    ['-7 % 3', -1],
    ['7 % -3', 1],
    ['0 * -1', 0],
    // equality
    ['3 == 3.0', true],
    ['1 == "1"', false],
    ['0 == false', false],
    ['null == nothing', true],
    ['[1, [2]] == [1, [2]]', true],
    ['objects[0] == objects[2]', true],
    ['objects[0] != objects[1]', true],
    ['big == 9007199254740993', true],
    // order
    ['1 < 2', true],
    ['2 <= 2', true],
    ['"a" < "b"', true],
    ['"Z" < "a"', true],
    ['"\uffee" < "😀"', true],
    ['[1, 2] < [1, 3]', true],
    ['[1] < [1, 0]', true],
    ['["a"] >= ["a"]', true],
    ['[2] > [1, 9]', true],
    ['big > 9007199254740992', true],
    // in
    ['2 in list', true],
    ['"a" in nested', true],
    ['"b" in nested', false],
    ['"toString" in nested', false],
    ['[1] in [[1]]', true],
    // access
    ['nested.a.b[0].c', 'deep'],
    ['nested["a"]["b"][-1]["c"]', 'deep'],
    ['nested.in', 'keyword'],
    ['nested["x-y"]', 1],
    ['list[-1]', 2],
    ['list[1.0]', 1],
    ['s[1]', 'é'],
    ['s[-1]', '😀'],
    ['"abc"[0]', 'a'],
    ['[[1,2],[3]][0][1]', 2],
    // conversions
    ['string(null)', 'null'],
    ['string(1.5)', '1.5'],
    ['string(true)', 'true'],
    ['string("x")', 'x'],
    ['string([1, "a"])', '[1,"a"]'],
    ['string(nested.a)', '{"b":[{"c":"deep"}]}'],
    ['string(big)', '9007199254740993'],
    ['number("1.50")', 1.5],
    ['number(" -2e3 ")', -2000],
    ['number(true)', 1],
    ['number(false)', 0],
    ['number(n)', 7],
    ['int(1.9)', 1],
    ['int(-1.9)', -1],
    ['int("3.7")', 3],
    ['int(true)', 1],
    ['int(-0.5)', 0],
    ['bool([])', false],
    ['bool("x")', true],
    ['type_of(null)', 'null'],
    ['type_of(true)', 'bool'],
    ['type_of(1)', 'number'],
    ['type_of(big)', 'number'],
    ['type_of("")', 'string'],
    ['type_of([])', 'array'],
    ['type_of(nested)', 'object'],
    ['length(s)', 7],
    ['length(list)', 3],
    ['length(nested)', 3],
    ['keys(nested)', ['a', 'in', 'x-y']],
    ['values(objects[0])', [1]],
    ['merge(objects[0], nested).k', 1],
    ['merge(objects[0], objects[1])', { k: 2 }],
    // numbers
    ['abs(-3)', 3],
    ['floor(-1.5)', -2],
    ['ceil(-1.5)', -1],
    ['ceil(-0.5)', 0],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(0.49999999999999994)', 0],
    ['round(1.4)', 1],
    ['min(2, 1)', 1],
    ['max("a", "b")', 'b'],
    ['sum(list)', 6],
    ['sum([])', 0],
    ['range(3)', [0, 1, 2]],
    ['range(2, 5)', [2, 3, 4]],
    ['range(5, 2)', []],
    ['range(-2, 1)', [-2, -1, 0]],
    ['length(range(100000))', 100_000],
    // text
    ['lower("ÄB")', 'äb'],
    ['upper("äb")', 'ÄB'],
    ['trim("  a b ")', 'a b'],
    ['split("a,b,,c", ",")', ['a', 'b', '', 'c']],
    ['split("a😀", "")', ['a', '😀']],
    ['join([1, "a", null, [2]], "-")', '1-a-null-[2]'],
    ['join([], ",")', ''],
    ['replace("a.b.c", ".", "")', 'abc'],
    ['replace("aaa", "a", "$&")', '$&$&$&'],
    ['starts_with("abc", "ab")', true],
    ['ends_with("abc", "bc")', true],
    ['match("b+", "abbc")', true],
    ['match("^b", "abbc")', false],
    ['match("\\\\d{3}", "ab123")', true],
    ['contains(list, 2)', true],
    ['contains("abc", "b")', true],
    ['contains(nested, "a")', true],
    // arrays
    ['reversed(list)', [2, 1, 3]],
    ['reversed("ab😀")', '😀ba'],
    ['sort(list)', [1, 2, 3]],
    ['sort([10, 9, 1.5])', [1.5, 9, 10]],
    ['sort(["b", "a", "B"])', ['B', 'a', 'b']],
    ['sort([])', []],
    ['unique([1, 1.0, "1", [1], [1]])', [1, '1', [1]]],
    ['unique(objects)', [{ k: 1 }, { k: 2 }]],
    ['flat([1, [2, [3]], []])', [1, 2, [3]]],
    [
      'zip([1, 2, 3], ["a", "b"])',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['slice(list, 1)', [1, 2]],
    ['slice(list, 0, -1)', [3, 1]],
    ['slice(list, -2, 99)', [1, 2]],
    ['slice("h😀llo", 1, 3)', '😀l'],
    ['index_of(list, 2)', 2],
    ['index_of(objects, objects[1])', 1],
    ['index_of("h😀llo", "l")', 2],
    ['index_of("abc", "z")', -1],
    ['index_of(list, 9)', -1],
    ['count([1, 1, 2], 1)', 2],
    ['count("banana", "an")', 2],
    ['count("ab", "")', 3],
    ['chunks([1, 2, 3], 2)', [[1, 2], [3]]],
    ['chunks([], 2)', []],
  ])('%s', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  it('knows what the outcome of a task is only while transitions are checked', () => {
    const outcome = { result: { code: 2 }, succeeded: false, failed: true, timedOut: true };
    const inTransition = scopeOf({ x: 2 }, outcome);
    expect(evaluateExpression('failed() and timed_out() and not succeeded()', inTransition)).toBe(true);
    expect(evaluateExpression('result().code == x', inTransition)).toBe(true);
    for (const name of ['result', 'succeeded', 'failed', 'timed_out']) {
      expect(() => evaluate(`${name}()`)).toThrow(/only be used in the transitions/);
    }
    expect(() => evaluateExpression('result(1)', inTransition)).toThrow(/takes 0 arguments/);
  });
});

describe('errors of expressions', () => {
  it.each<[string, RegExp]>([
    ['', /empty/],
    ['   ', /empty/],
    ['1 +', /ends too early/],
    ['1 2', /unexpected '2' at position 3/],
    ['(1', /expected '\)'/],
    ['[1', /expected ',' or '\]'/],
    ['[,]', /unexpected ','/],
    ['abs(1,)', /unexpected '\)'/],
    ['.5', /unexpected '\.'/],
    ['1.', /expected a name after the dot/],
    ['1e5', /unexpected 'e5'/],
    ["'open", /not closed/],
    ['a && b', /unexpected '&'/],
    ['!a', /unexpected '!'/],
    ['a | lower', /unexpected '\|'/],
    ['a ? b : c', /unexpected '\?'/],
    ['{"a": 1}', /unexpected '\{'/],
    ['1 not in [1]', /unexpected 'not'/],
    ['1 == not true', /unexpected 'not'/],
    ['nested.a()', /unexpected '\('/],
    ['(abs)(1)', /unexpected '\('/],
    ['in', /unexpected 'in'/],
    ['missing', /unknown name 'missing'/],
    ['constructor', /unknown name/],
    ['nested.missing', /no 'missing'/],
    ['nested.constructor', /no 'constructor'/],
    ['nested["__proto__"]', /no '__proto__'/],
    ['nothing.a', /cannot read 'a' of null/],
    ['s.length', /cannot read 'length' of string/],
    ['list.length', /cannot read 'length' of array/],
    ['list[3]', /out of range/],
    ['list[-4]', /out of range/],
    ['list[0.5]', /whole number/],
    ['list["0"]', /must be a number/],
    ['nested[0]', /an object has no element number/],
    ['n[0]', /cannot take an element of number/],
    ['1 < 2 < 3', /cannot compare bool with number/],
    ['1 < "2"', /cannot compare/],
    ['null < 1', /cannot compare/],
    ['[[1]] < [[2]]', /cannot compare array with array/],
    ['"a" + 1', /cannot join string and number/],
    ['1 + null', /cannot join/],
    ['"a" - "b"', /must be a number/],
    ['true * 2', /must be a number, not bool/],
    ['1 / 0', /division by zero/],
    ['1 % 0', /division by zero/],
    ['-"a"', /must be a number/],
    ['1 in 2', /right side of 'in'/],
    ['1 in "abc"', /must be a string/],
    ['1 in nested', /must be a string/],
    ['nope()', /unknown function 'nope'/],
    ['toString()', /unknown function/],
    ['abs()', /takes 1 argument, not 0/],
    ['range(1, 2, 3)', /takes 1 or 2 arguments, not 3/],
    ['abs("1")', /must be a number/],
    ['number("")', /cannot read/],
    ['number("0x10")', /cannot read/],
    ['number("Infinity")', /cannot read/],
    ['number(null)', /cannot convert null/],
    ['int("abc")', /cannot read/],
    ['length(1)', /length\(\) needs/],
    ['keys(list)', /keys\(\) needs an object/],
    ['min(1, "a")', /min\(\) needs/],
    ['sum(["a"])', /must be a number/],
    ['sort([1, "a"])', /sort\(\) needs/],
    ['lower(1)', /must be a string/],
    ['join("a", ",")', /must be an array/],
    ['replace("a", "", "b")', /needs a text to look for/],
    ['match("(?=a)", "a")', /invalid regular expression/],
    ['match("(a)\\\\1", "aa")', /invalid regular expression/],
    ['match("[", "a")', /missing closing/],
    ['reversed(1)', /needs an array or a string/],
    ['chunks([1], 0)', /at least 1/],
    ['range(100001)', /at most 100000/],
    ['range(1.5)', /whole number/],
    ['merge(nested, list)', /merge\(\) needs an object/],
  ])('%s', (text, message) => {
    expect(() => evaluate(text)).toThrow(ExpressionError);
    expect(() => evaluate(text)).toThrow(message);
  });
});

describe('limits of expressions', () => {
  it('refuses more than 16 KiB of text', () => {
    expect(evaluate('1'.padEnd(16 * 1024))).toBe(1);
    expect(() => evaluate('1'.padEnd(16 * 1024 + 1))).toThrow(/16 KiB/);
  });

  it('refuses more than 64 levels of nesting, of whatever kind', () => {
    const nest = (open: string, close: string, depth: number): string => open.repeat(depth) + '1' + close.repeat(depth);
    expect(evaluate(nest('(', ')', 64))).toBe(1);
    expect(evaluate(nest('-', '', 64))).toBe(1);
    for (const [open, close] of [
      ['(', ')'],
      ['[', ']'],
      ['abs(', ')'],
      ['-', ''],
      ['not ', ''],
    ] as const) {
      expect(() => evaluate(nest(open, close, 65))).toThrow(/deeper than 64/);
    }
  });

  it('allows long chains, which do not nest', () => {
    expect(evaluate(Array(4000).fill('1').join('+'))).toBe(4000);
    expect(evaluate(Array(1500).fill('true').join(' and '))).toBe(true);
  });

  it('refuses values over 10 MiB before it builds them', () => {
    const large = scopeOf({ t: 'x'.repeat(6 * 1024 * 1024), a: Array<Json>(3_000_000).fill(0) });
    for (const text of [
      't + t',
      'join([t, t], "")',
      'replace(t, "x", "xx")',
      'string([t, t])',
      'a + a',
      'flat([a, a])',
    ]) {
      expect(() => evaluateExpression(text, large)).toThrow(/larger than 10 MiB/);
    }
  });

  it('turns a payload too deep for the stack into an error', () => {
    let deep: Json = 0;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    let twin: Json = 0;
    for (let depth = 0; depth < 100_000; depth++) twin = [twin];
    expect(() => evaluateExpression('a == b', scopeOf({ a: deep, b: twin }))).toThrow(/nested too deeply/);
  });

  it('never throws anything but its own error', () => {
    const pieces = [
      ...FUNCTION_NAMES.map((name) => `${name}(`),
      'n',
      's',
      'list',
      'nested',
      '.a',
      '[0]',
      '(',
      ')',
      ']',
      '[',
      ',',
    ].concat([
      '+',
      '-',
      '*',
      '/',
      '%',
      '==',
      '<',
      ' in ',
      ' and ',
      ' not ',
      '1',
      '0.5',
      '"x"',
      "'",
      ' null ',
      '{',
      '}',
    ]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        try {
          stringifyJson(evaluate(parts.join('')));
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('laws of expressions', () => {
  const integer = fc.integer({ min: -1_000_000, max: 1_000_000 });

  it('calculates like the arithmetic it stands for', () => {
    fc.assert(
      fc.property(integer, integer, integer, (a, b, c) => {
        const names = scopeOf({ a, b, c });
        expect(evaluateExpression('a + b * c - a', names)).toBe(a + b * c - a);
        expect(evaluateExpression('(a < b) == (not (a >= b))', names)).toBe(true);
      }),
    );
  });

  it('sorts, reverses and chunks without losing elements', () => {
    fc.assert(
      fc.property(fc.array(integer), fc.integer({ min: 1, max: 9 }), (list, size) => {
        const names = scopeOf({ list, size });
        expect(evaluateExpression('flat(chunks(list, size)) == list', names)).toBe(true);
        expect(evaluateExpression('reversed(reversed(list)) == list', names)).toBe(true);
        expect(evaluateExpression('sort(list)', names)).toEqual([...list].sort((a, b) => a - b));
        expect(evaluateExpression('length(unique(list))', names)).toBe(new Set(list).size);
      }),
    );
  });
});
