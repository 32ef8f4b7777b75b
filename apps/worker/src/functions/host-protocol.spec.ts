import { Buffer } from 'node:buffer';
import { LineReader } from '../process/line-reader.js';
import { parseAnswer, requestLine } from './host-protocol.js';

function linesOf(chunks: readonly string[], maxBytes = 1_000): string[] {
  const lines: string[] = [];
  const reader = new LineReader(maxBytes, (line) => lines.push(line));
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk, 'latin1');
    reader.read(bytes);
    // The reader was lent these bytes.
    bytes.fill(0);
  }
  return lines;
}

describe('LineReader', () => {
  it.each<[string[], string[]]>([
    [['a\nb\n'], ['a', 'b']],
    [
      ['a', 'b', 'c\nd', '\n'],
      ['abc', 'd'],
    ],
    [['\n\n'], ['', '']],
    [['\xc3', '\xa4\n'], ['ä']],
    [['unfinished'], []],
  ])('cuts %j into %j', (chunks, lines) => {
    expect(linesOf(chunks)).toEqual(lines);
  });

  it('refuses a line that is too long, but not many short ones', () => {
    expect(
      linesOf(
        Array.from({ length: 1_000 }, () => 'x'.repeat(9) + '\n'),
        10,
      ),
    ).toHaveLength(1_000);
    expect(() => linesOf(['123456', '78901'], 10)).toThrow(RangeError);
  });
});

describe('requestLine', () => {
  it('is one line that keeps large numbers', () => {
    const line = requestLine({
      call: 1,
      file: '/a',
      params: { n: 12345678901234567890n, text: 'a\nb' },
      isText: false,
      variables: {},
      platform: {},
    });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(line).toContain('12345678901234567890');
  });
});

describe('parseAnswer', () => {
  it('reads what a host says', () => {
    expect(parseAnswer('{"call":2,"code":3,"ms":1.5,"error":"no","data":[1]}')).toEqual({
      call: 2,
      code: 3,
      ms: 1.5,
      error: 'no',
      data: [1],
      text: undefined,
      problem: undefined,
      refused: undefined,
      isLeaving: false,
    });
    expect(parseAnswer('{"isReady":true}')).toMatchObject({ call: null, code: 0 });
  });

  it('takes nothing for what it is not', () => {
    expect(parseAnswer('{"call":"1","code":"x","error":5,"isLeaving":"yes"}')).toMatchObject({
      call: null,
      code: 0,
      error: undefined,
      isLeaving: false,
    });
    for (const line of ['', 'words', '[]', '1']) expect(() => parseAnswer(line)).toThrow();
  });
});
