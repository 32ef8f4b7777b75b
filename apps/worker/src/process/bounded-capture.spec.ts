import { BoundedCapture, truncationMark } from './bounded-capture.js';

function captured(limitBytes: number, ...chunks: (string | Buffer)[]): ReturnType<BoundedCapture['text']> {
  const capture = new BoundedCapture('stdout', limitBytes);
  for (const chunk of chunks) capture.write(Buffer.from(chunk));
  return capture.text();
}

describe('BoundedCapture', () => {
  it('gives back what was written, in order', () => {
    expect(captured(1024, 'one ', '', 'two')).toEqual({ text: 'one two', truncatedBytes: 0 });
  });

  it('puts a character together that arrives in two chunks', () => {
    const bytes = Buffer.from('a€b');
    expect(captured(1024, bytes.subarray(0, 2), bytes.subarray(2)).text).toBe('a€b');
  });

  it('keeps the beginning and marks the rest inside the limit', () => {
    const { text, truncatedBytes } = captured(1024, 'x'.repeat(5000));
    expect(text).toBe('x'.repeat(1024 - 128) + truncationMark('stdout'));
    expect(truncatedBytes).toBe(5000 - 896);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024);
  });

  it.each(['€', 'é', '😀', 'x'])('never splits %s at the limit', (character) => {
    for (const offset of ['', 'a', 'ab', 'abc']) {
      const { text, truncatedBytes } = captured(256, offset + character.repeat(200));
      const kept = text.slice(0, -truncationMark('stdout').length);
      expect(kept).toBe(offset + character.repeat((kept.length - offset.length) / character.length));
      expect(Buffer.byteLength(kept) + truncatedBytes).toBe(Buffer.byteLength(offset + character.repeat(200)));
    }
  });

  it('replaces what a database cannot hold', () => {
    expect(captured(1024, Buffer.from([0x61, 0x00, 0xff, 0x62])).text).toBe('a\uFFFD\uFFFDb');
  });

  it('holds no more than the limit for a million tiny writes', () => {
    const capture = new BoundedCapture('stderr', 10_000);
    const chunk = Buffer.from('y');
    for (let index = 0; index < 1_000_000; index += 1) capture.write(chunk);
    expect(capture.text().truncatedBytes).toBe(1_000_000 - (10_000 - 128));
  });
});
