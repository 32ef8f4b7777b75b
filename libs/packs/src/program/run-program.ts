import { spawn } from 'node:child_process';
import { type Readable } from 'node:stream';
import { errorCodeOf } from '@attune/common';
import { OutputTail } from './output-tail.js';

export interface ProgramOptions {
  readonly cwd: string;
  /** The whole environment: nothing of this process's own is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** After this time (ms) the program is killed with everything it has started. */
  readonly timeoutMs: number;
  /** Kills it earlier. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes kept of the end of each of its outputs. */
  readonly maxOutputBytes: number;
  /** Reads standard output itself instead of having it kept. */
  readonly readStdout?: (stdout: Readable) => Promise<void>;
}

export interface ProgramOutcome {
  /** null: it could not be started, or was killed. */
  readonly exitCode: number | null;
  /** Why it did not end by itself. */
  readonly failure: 'not-found' | 'not-started' | 'timeout' | 'aborted' | 'killed' | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/**
 * Runs a program in a process group of its own and waits for its end. Its outputs are read all the time, so that it
 * never waits for us; what it leaves running is killed. Never throws for what the program does; what `readStdout` throws
 * is thrown after the program was killed.
 */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env, timeoutMs, signal, maxOutputBytes, readStdout }: ProgramOptions,
): Promise<ProgramOutcome> {
  const began = performance.now();
  const [stdout, stderr] = [new OutputTail(maxOutputBytes), new OutputTail(maxOutputBytes)];
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let failure: ProgramOutcome['failure'] = null;
  const stop = (why: 'timeout' | 'aborted'): void => {
    failure ??= why;
    killGroup(child.pid);
    // A process that left the group may still hold the pipes: its output is of no interest any more.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = setTimeout(() => stop('timeout'), timeoutMs);
  const onAbort = (): void => stop('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      failure ??= errorCodeOf(error) === 'ENOENT' ? 'not-found' : 'not-started';
      resolve(null);
    });
    // After the program itself, whatever it left in its group is ended: that closes the pipes.
    child.once('exit', () => killGroup(child.pid));
    child.once('close', resolve);
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.write(chunk));
  const reading = readStdout
    ? readStdout(child.stdout)
    : void child.stdout.on('data', (chunk: Buffer) => stdout.write(chunk));
  try {
    await Promise.resolve(reading).catch((error: unknown) => {
      killGroup(child.pid);
      throw error;
    });
    const exitCode = await ended;
    if (exitCode === null) failure ??= 'killed';
    const durationMs = Math.round(performance.now() - began);
    return {
      exitCode: failure === null ? exitCode : null,
      failure,
      stdout: stdout.text(),
      stderr: stderr.text(),
      durationMs,
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (errorCodeOf(error) !== 'ESRCH' && errorCodeOf(error) !== 'EPERM') throw error;
  }
}
