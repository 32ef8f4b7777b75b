import { Buffer } from 'node:buffer';

const LINE_END = 0x0a;

/** Cuts a stream of bytes into lines of at most `maxBytes`. */
export class LineReader {
  private begun: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly onLine: (line: string) => void,
  ) {}

  /** @throws RangeError when a line is too long */
  read(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
      this.onLine(this.lineOf(bytes, start, end));
      start = end + 1;
    }
    if (start === bytes.length) return;
    this.size += bytes.length - start;
    if (this.size > this.maxBytes) throw new RangeError(`a line of more than ${this.maxBytes} bytes`);
    this.begun.push(Buffer.from(bytes.subarray(start)));
  }

  private lineOf(bytes: Buffer, start: number, end: number): string {
    if (this.begun.length === 0) return bytes.toString('utf8', start, end);
    const line = Buffer.concat([...this.begun, bytes.subarray(start, end)]).toString('utf8');
    this.begun = [];
    this.size = 0;
    return line;
  }
}
