import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';

/** A pipe that is being read. */
export interface PipeReading {
  /** Resolves when the stream ended. */
  readonly closed: Promise<void>;
  /** Resolves when the stream ended, or cuts it after `graceMs`. */
  finish(graceMs: number): Promise<void>;
}

/** Every pipe is read into this buffer and its bytes are used at once, so that reading an endless stream allocates nothing. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** Reads a pipe to its end and closes it. What `onBytes` is given is valid during the call only. */
export function readPipe(readFd: number, onBytes: (bytes: Buffer) => void): PipeReading {
  const socket = new Socket({
    fd: readFd,
    readable: true,
    writable: false,
    onread: {
      buffer: READ_BUFFER,
      callback: (bytes) => {
        onBytes(READ_BUFFER.subarray(0, bytes));
        return true;
      },
    },
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  socket.resume();
  return {
    closed,
    finish: async (graceMs) => {
      const timer = setTimeout(() => socket.destroy(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
