import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, rmSync } from 'node:fs';
import { type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type LaunchedProcess, type LaunchRequest, type ProcessExit } from './launch-request.js';
import { LineReader } from './line-reader.js';
import { type PipePool } from './pipe-pool.js';
import { readPipe } from './read-pipe.js';

/** Beside the sources and beside `dist`. */
const PROGRAM = fileURLToPath(new URL('../../hosts/launcher.mjs', import.meta.url));
/** The less memory it has, the faster it forks. */
const FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=64'];
/** A launcher that has said nothing for this time (ms) never will. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Time (ms) it has to leave by itself. */
const LEAVE_GRACE_MS = 5_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

interface Answer {
  /** Undefined: it is ready. */
  readonly id?: number;
  readonly pid?: number;
  readonly error?: { readonly code?: string; readonly message: string };
  readonly code?: number | null;
  readonly signal?: NodeJS.Signals | null;
}

/** Null: it is gone. */
type OnAnswer = (answer: Answer | null) => void;

/**
 * The program `hosts/launcher.mjs`, which starts processes and tells how they end.
 *
 * States: starting → up → gone. It never comes back. Its end is the end of its answers: no process that it has forked holds their
 * pipe beyond its own beginning, so by then all have their marks in their environment.
 */
export class LauncherProcess {
  /** Resolves when it is gone and all that waited for it has been told. */
  readonly gone: Promise<void>;
  private readonly requests: Writable;
  private readonly waiting = new Map<number | undefined, OnAnswer>();
  private lastId = 0;
  private requested = 0;
  private isGone = false;

  private constructor(
    private readonly child: ChildProcess,
    answersFd: number,
  ) {
    this.requests = child.stdio[3] as Writable;
    // Written to while it dies: its end is what is reported.
    this.requests.on('error', () => undefined);
    const lines = new LineReader(MAX_ANSWER_BYTES, (line) => this.receive(line));
    const reading = readPipe(answersFd, (bytes) => {
      try {
        lines.read(bytes);
      } catch {
        // What it said is no answer: nothing it says can be trusted any more.
        this.kill();
      }
    });
    this.gone = reading.closed.then(() => {
      this.isGone = true;
      this.kill();
      this.requests.destroy();
      for (const onAnswer of [...this.waiting.values()]) onAnswer(null);
    });
  }

  /** @throws Error when it does not come up */
  static async start(pipes: PipePool): Promise<LauncherProcess> {
    const { readFd, writeFd } = await pipes.open();
    let child: ChildProcess;
    try {
      child = spawn(process.execPath, [...FLAGS, PROGRAM], {
        cwd: '/',
        // Nothing of ours: neither secrets nor what would make it look like an action.
        env: { PATH: process.env['PATH'] ?? '' },
        detached: true,
        stdio: ['ignore', 'ignore', 'ignore', 'pipe', writeFd],
      });
    } catch (error) {
      closeSync(readFd);
      throw error;
    } finally {
      closeSync(writeFd);
    }
    const failed = new Promise<Error>((resolve) => child.once('error', resolve));
    if (child.pid === undefined) {
      closeSync(readFd);
      throw await failed;
    }
    const launcher = new LauncherProcess(child, readFd);
    if (await launcher.becomesReady()) return launcher;
    throw new Error('it ended before it was ready');
  }

  get isUp(): boolean {
    return !this.isGone;
  }

  /** Requests it is busy with, or will be. */
  get unanswered(): number {
    return this.requested;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** @throws Error when the process cannot be started */
  launch(request: LaunchRequest): Promise<LaunchedProcess> {
    const id = (this.lastId += 1);
    this.requested += 1;
    const end = Promise.withResolvers<ProcessExit | null>();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.kill(), ANSWER_TIMEOUT_MS);
      this.waiting.set(id, (answer) => {
        clearTimeout(timer);
        this.requested -= 1;
        if (answer?.pid !== undefined) {
          this.waiting.set(id, (last) => this.finish(id, last, end.resolve));
          resolve({ pid: answer.pid, exited: end.promise });
          return;
        }
        this.waiting.delete(id);
        if (answer?.error !== undefined) {
          reject(Object.assign(new Error(answer.error.message), { code: answer.error.code }));
          return;
        }
        removeNames(request);
        resolve({ pid: null, exited: Promise.resolve(null) });
      });
      this.requests.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  /** Lets it leave; what it has started goes on. */
  async stop(): Promise<void> {
    this.requests.end();
    const timer = setTimeout(() => this.kill(), LEAVE_GRACE_MS);
    await this.gone;
    clearTimeout(timer);
  }

  private finish(id: number, answer: Answer | null, resolve: (exit: ProcessExit | null) => void): void {
    this.waiting.delete(id);
    resolve(answer === null ? null : { code: answer.code ?? null, signal: answer.signal ?? null });
  }

  private receive(line: string): void {
    const answer = JSON.parse(line) as Answer;
    this.waiting.get(answer.id)?.(answer);
  }

  private async becomesReady(): Promise<boolean> {
    const timer = setTimeout(() => this.kill(), ANSWER_TIMEOUT_MS);
    const answer = await new Promise<Answer | null>((resolve) => this.waiting.set(undefined, resolve));
    clearTimeout(timer);
    this.waiting.delete(undefined);
    return answer !== null;
  }

  private kill(): void {
    this.child.kill('SIGKILL');
  }
}

function removeNames({ stdin, stdout, stderr }: LaunchRequest): void {
  for (const name of [stdin, stdout, stderr]) if (name !== null) rmSync(name, { force: true });
}
