import { type OutputFormat, type ParsedOutput, parseOutput } from './parse-output.js';

function parsed(format: OutputFormat, text: string): ParsedOutput {
  return parseOutput({ text, truncatedBytes: 0 }, format);
}

describe('parseOutput', () => {
  it.each<[OutputFormat, string, unknown]>([
    ['json', '{"a": [1, "x"]}\n', { a: [1, 'x'] }],
    ['json', 'starting\nworking\n{"a": 1}\n\n', { a: 1 }],
    ['json', 'null', null],
    ['json', '"text"', 'text'],
    ['json', '{"id": 9007199254740993}', { id: 9007199254740993n }],
    ['yaml', 'a: 1\nlist:\n  - x\n', { a: 1, list: ['x'] }],
    ['yaml', 'plain words', 'plain words'],
    ['yaml', 'id: 9007199254740993\nn: [7, -9007199254740991]', { id: 9007199254740993n, n: [7, -9007199254740991] }],
    ['jsonl', '{"a": 1}\nnoise\n\n2\n', [{ a: 1 }, 2]],
  ])('reads %s from %p', (format, text, data) => {
    expect(parsed(format, text)).toEqual({ type: 'data', data });
  });

  it.each<[OutputFormat, string]>([
    ['text', '{"a": 1}'],
    ['json', ''],
    ['json', ' \n'],
    ['yaml', '\n'],
    ['jsonl', ''],
  ])('has no data for %s from %p', (format, text) => {
    expect(parsed(format, text)).toEqual({ type: 'none' });
  });

  it.each<[OutputFormat, string]>([
    ['json', 'hello'],
    ['json', '{"a": 1}\nhello'],
    ['yaml', 'a: [1'],
    ['yaml', 'a: b: c'],
    ['jsonl', 'one\ntwo'],
    ['json', '['.repeat(5000) + ']'.repeat(5000)],
  ])('says why %s cannot be read', (format, text) => {
    const result = parsed(format, text);
    expect(result).toEqual({ type: 'unparsable', error: expect.stringContaining(`not valid ${format}: `) as string });
    expect(JSON.stringify(result)).not.toContain('\\n');
  });

  it('does not read half an output', () => {
    expect(parseOutput({ text: 'a: 1', truncatedBytes: 7 }, 'yaml').type).toBe('unparsable');
    expect(parseOutput({ text: '{"a":1}\n{"b"', truncatedBytes: 7 }, 'jsonl')).toEqual({
      type: 'data',
      data: [{ a: 1 }],
    });
  });

  it('keeps only what a database can hold', () => {
    expect(parsed('json', String.raw`{"a\u0000": "x\u0000\ud800", "n": 1e999, "__proto__": 1}`)).toEqual({
      type: 'data',
      data: JSON.parse('{"a\uFFFD": "x\uFFFD\uFFFD", "n": null, "__proto__": 1}') as unknown,
    });
  });
});
