import { type Buffer } from 'node:buffer';
import { BoundedCapture, type CapturedText, type StreamName } from '../process/bounded-capture.js';

const NOTHING: CapturedText = { text: '', truncatedBytes: 0 };

/** One output stream of a host, cut into what each call has written. What comes between two calls belongs to none. */
export class HostOutput {
  private capture: BoundedCapture | null = null;
  private isOpen = false;

  constructor(
    private readonly stream: StreamName,
    private readonly limitBytes: number,
  ) {}

  write(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.capture ??= new BoundedCapture(this.stream, this.limitBytes);
    this.capture.write(bytes);
  }

  begin(): void {
    this.isOpen = true;
  }

  end(): CapturedText {
    const text = this.capture?.text() ?? NOTHING;
    this.capture = null;
    this.isOpen = false;
    return text;
  }
}
