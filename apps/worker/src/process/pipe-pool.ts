import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Pipes made at once, at first and at most: making some forks this process, which is large. */
const FIRST_BATCH = 60;
const LARGEST_BATCH = 960;

/** One kernel pipe; each end is a file descriptor that the holder closes. */
export interface PipeEnds {
  readonly readFd: number;
  readonly writeFd: number;
}

/** A pipe before anybody writes to it. */
export interface NamedPipe {
  readonly readFd: number;
  readonly name: string;
}

/**
 * Makes real pipes for the output of child processes. Node gives children sockets, and a socket cannot be opened by name, so
 * `echo … > /dev/stderr` in an action would fail. Named pipes can; their names go as soon as both ends are open, so no process
 * shares a pipe with another. `mkfifo` makes them a batch at a time, each batch twice as large as the one before.
 */
export class PipePool {
  private readonly names: string[] = [];
  private nextBatch = FIRST_BATCH;
  private filling: Promise<void> | null = null;

  /** `directory` exists, and nobody but this process writes to it. */
  constructor(private readonly directory: string) {}

  /** A pipe whose read end is ours (non-blocking). Somebody else opens it by its name, and then the name has to go. */
  async openNamed(): Promise<NamedPipe> {
    const name = await this.take();
    try {
      return { readFd: openSync(name, constants.O_RDONLY | constants.O_NONBLOCK), name };
    } catch (error) {
      unlinkSync(name);
      throw error;
    }
  }

  /** A pipe whose read end is ours (non-blocking) and whose write end is the child's (blocking). */
  async open(): Promise<PipeEnds> {
    const { readFd, name } = await this.openNamed();
    try {
      return { readFd, writeFd: openSync(name, constants.O_WRONLY) };
    } catch (error) {
      closeSync(readFd);
      throw error;
    } finally {
      unlinkSync(name);
    }
  }

  private async take(): Promise<string> {
    for (;;) {
      const name = this.names.pop();
      if (name !== undefined) return name;
      this.filling ??= this.fill().finally(() => (this.filling = null));
      await this.filling;
    }
  }

  private async fill(): Promise<void> {
    const batch = randomUUID();
    const names = Array.from({ length: this.nextBatch }, (_, index) => join(this.directory, `pipe-${batch}-${index}`));
    try {
      await run('mkfifo', ['-m', '600', ...names]);
    } catch (cause) {
      throw new Error(`no pipes can be made in ${this.directory}`, { cause });
    }
    this.names.push(...names);
    this.nextBatch = Math.min(LARGEST_BATCH, this.nextBatch * 2);
  }
}
