import { closeSync, copyFileSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const POLL_MS = 200;
const ROTATE_ABOVE_BYTES = 50 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * `<logs>/<service>.log`. The service writes to the file itself and not through us, so that it can end its work in peace when we are
 * killed; we read along to show what matters.
 */
export class ServiceLog {
  readonly path: string;
  /** For the child's stdout and stderr. */
  readonly descriptor: number;
  private readonly timer: NodeJS.Timeout;
  private offset: number;
  private rest = '';

  constructor(
    directory: string,
    service: string,
    private readonly onLine: (line: string) => void,
  ) {
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, `${service}.log`);
    this.descriptor = openSync(this.path, 'a+', 0o600);
    this.offset = fstatSync(this.descriptor).size;
    this.timer = setInterval(() => this.poll(), POLL_MS);
  }

  /** Hands over what was written since the last call. */
  poll(): void {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const length = readSync(this.descriptor, chunk, 0, CHUNK_BYTES, this.offset);
      if (length === 0) break;
      this.offset += length;
      const lines = (this.rest + chunk.toString('utf8', 0, length)).split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') this.onLine(line);
    }
    if (this.offset > ROTATE_ABOVE_BYTES) this.rotate();
  }

  close(): void {
    clearInterval(this.timer);
    this.poll();
    closeSync(this.descriptor);
  }

  /** Copy and truncate, because the child keeps the file open. What it writes in between is lost to the copy, not to the console. */
  private rotate(): void {
    copyFileSync(this.path, `${this.path}.1`);
    ftruncateSync(this.descriptor, 0);
    this.offset = 0;
  }
}
