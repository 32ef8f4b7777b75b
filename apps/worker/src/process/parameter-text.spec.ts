import { formatParameters, shellQuote } from './parameter-text.js';

describe('formatParameters', () => {
  it('writes JSON as one compact line', () => {
    expect(formatParameters({ text: 'a\nb', list: [1, null], on: true }, 'json')).toBe(
      '{"text":"a\\nb","list":[1,null],"on":true}',
    );
  });

  it('writes dotenv sorted, with nested objects as paths and lists as JSON', () => {
    const parameters = {
      zone: 'eu',
      b: { y: 1, x: { deep: true } },
      list: [1, { a: "it's" }],
      none: null,
      empty: {},
      B: 2.5,
    };
    expect(formatParameters(parameters, 'dotenv').split('\n')).toEqual([
      `B='2.5'`,
      `b.x.deep='true'`,
      `b.y='1'`,
      `empty='{}'`,
      String.raw`list='[1,{"a":"it'\''s"}]'`,
      `none=''`,
      `zone='eu'`,
    ]);
  });

  it('writes a YAML document', () => {
    expect(formatParameters({ name: 'x', nested: { list: ['a: b', 2] } }, 'yaml')).toBe(
      'name: x\nnested:\n  list:\n    - "a: b"\n    - 2',
    );
  });

  it('keeps whole numbers a double cannot hold', () => {
    const parameters = { id: 9007199254740993n };
    expect(formatParameters(parameters, 'json')).toBe('{"id":9007199254740993}');
    expect(formatParameters(parameters, 'dotenv')).toBe(`id='9007199254740993'`);
    expect(formatParameters(parameters, 'yaml')).toBe('id: 9007199254740993');
  });

  it.each([
    ['json', '{}'],
    ['dotenv', ''],
    ['yaml', '{}'],
  ] as const)('says nothing in %s when there are no parameters', (format, text) => {
    expect(formatParameters({}, format)).toBe(text);
  });
});

describe('shellQuote', () => {
  it('leaves nothing for the shell to interpret', () => {
    expect(shellQuote(`$(rm) "x" 'y' \\ \``)).toBe(String.raw`'$(rm) "x" '\''y'\'' \ ${'`'}'`);
  });
});
