import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { BoundedCapture, type CapturedText } from './bounded-capture.js';
import { type PipeEnds, type PipePool } from './pipe-pool.js';
import { killMarkedProcesses } from '../machine/marked-processes.js';
import { isZombie, signalGroup, waitForEmptyGroup } from './process-group.js';
import { readPipe } from './read-pipe.js';

/** Longest delay a Node timer can hold (about 24.8 days). */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface ProcessRequest {
  /** Absolute path of the file to execute. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** All of stdin; null = it is empty. */
  readonly stdin: string | null;
  /** A directory of this process alone. */
  readonly scratchDir: string;
  readonly timeoutMs: number;
  readonly stdoutLimitBytes: number;
  readonly stderrLimitBytes: number;
  /** Time between TERM and KILL. */
  readonly killGraceMs: number;
  /** How long output is still read after the process ended, when something else keeps its pipes open. */
  readonly strayGraceMs: number;
  /** What tells this run from all others in its environment (`NAME=value`): by it those are found that left the group. */
  readonly marks: readonly string[];
}

export type ProcessEnd =
  | { readonly type: 'exited'; readonly code: number }
  | { readonly type: 'signaled'; readonly signal: number }
  | { readonly type: 'timed-out' }
  /** Stopped through the abort signal; `code` is 128+n when a signal ended it, -1 when it was stopped before it began. */
  | { readonly type: 'stopped'; readonly code: number };

export type ProcessOutcome =
  | {
      readonly type: 'ran';
      readonly end: ProcessEnd;
      readonly durationMs: number;
      readonly stdout: CapturedText;
      readonly stderr: CapturedText;
    }
  | { readonly type: 'not-started'; readonly error: Error };

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const NOTHING: CapturedText = { text: '', truncatedBytes: 0 };

/**
 * Runs one process in a group (and session) of its own and captures what it writes. Aborting `stop`, like the timeout, sends TERM
 * to the whole group and KILL after the grace time; nothing of a killed run is left when this returns. Aborted before, nothing is
 * started.
 */
export async function runProcess(request: ProcessRequest, pipes: PipePool, stop: AbortSignal): Promise<ProcessOutcome> {
  let stdio: Stdio;
  try {
    stdio = await openStdio(request, pipes);
  } catch (error) {
    return { type: 'not-started', error: asError(error) };
  }
  if (stop.aborted) {
    closeOurEnds(stdio);
    closeChildEnds(stdio);
    return { type: 'ran', end: { type: 'stopped', code: -1 }, durationMs: 0, stdout: NOTHING, stderr: NOTHING };
  }
  const startedAt = performance.now();
  let child: ChildProcess;
  try {
    child = spawn(request.command, request.args, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      stdio: [stdio.stdinFd ?? 'ignore', stdio.stdout.writeFd, stdio.stderr.writeFd],
    });
  } catch (error) {
    closeOurEnds(stdio);
    return { type: 'not-started', error: asError(error) };
  } finally {
    closeChildEnds(stdio);
  }
  const exited = exitOf(child);
  if (child.pid === undefined) {
    closeOurEnds(stdio);
    return { type: 'not-started', error: await exited.then(() => new Error('the process has no id'), asError) };
  }

  const stdout = new BoundedCapture('stdout', request.stdoutLimitBytes);
  const stderr = new BoundedCapture('stderr', request.stderrLimitBytes);
  const readings = [
    readPipe(stdio.stdout.readFd, (bytes) => stdout.write(bytes)),
    readPipe(stdio.stderr.readFd, (bytes) => stderr.write(bytes)),
  ];
  const end = await superviseGroup(child.pid, exited, request, stop);
  const durationMs = Math.round(performance.now() - startedAt);
  await Promise.all(readings.map((reading) => reading.finish(request.strayGraceMs)));
  return { type: 'ran', end, durationMs, stdout: stdout.text(), stderr: stderr.text() };
}

async function superviseGroup(
  groupId: number,
  exited: Promise<Exit>,
  request: ProcessRequest,
  stop: AbortSignal,
): Promise<ProcessEnd> {
  let kill: Kill | null = null;
  const terminate = (reason: Kill['reason']): void => {
    if (kill !== null || isZombie(groupId)) return;
    signalGroup(groupId, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(groupId, 'SIGKILL'), request.killGraceMs);
    kill = { reason, timer, at: performance.now() + request.killGraceMs };
  };
  const onStop = (): void => terminate('stop');
  const timeout = setTimeout(() => terminate('timeout'), Math.min(request.timeoutMs, MAX_TIMER_MS));
  stop.addEventListener('abort', onStop, { once: true });
  const exit = await exited;
  clearTimeout(timeout);
  stop.removeEventListener('abort', onStop);
  return endOf(exit, await finishKill(groupId, kill, request));
}

interface Kill {
  readonly reason: 'timeout' | 'stop';
  /** When the grace time ends (performance.now()). */
  readonly at: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * The leader is gone, but its children share the grace time and then die too; so do those that have left the group (`setsid`).
 * Looking for these means reading all of /proc: only what was killed is worth that.
 */
async function finishKill(
  groupId: number,
  kill: Kill | null,
  { marks, killGraceMs }: ProcessRequest,
): Promise<Kill['reason'] | null> {
  if (kill === null) return null;
  clearTimeout(kill.timer);
  if (!(await waitForEmptyGroup(groupId, kill.at))) signalGroup(groupId, 'SIGKILL');
  if (marks.length > 0) await killMarkedProcesses(marks, killGraceMs);
  return kill.reason;
}

function endOf(exit: Exit, killedFor: Kill['reason'] | null): ProcessEnd {
  if (killedFor === 'timeout') return { type: 'timed-out' };
  const signal = exit.signal === null ? null : constants.signals[exit.signal];
  if (killedFor === 'stop') return { type: 'stopped', code: signal === null ? (exit.code ?? -1) : 128 + signal };
  return signal === null ? { type: 'exited', code: exit.code ?? -1 } : { type: 'signaled', signal };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

interface Stdio {
  /** The child's; null = empty. */
  readonly stdinFd: number | null;
  readonly stdout: PipeEnds;
  readonly stderr: PipeEnds;
}

async function openStdio({ stdin, scratchDir }: ProcessRequest, pipes: PipePool): Promise<Stdio> {
  const stdout = await pipes.open();
  try {
    const stderr = await pipes.open();
    try {
      return { stdinFd: stdin === null ? null : openText(scratchDir, stdin), stdout, stderr };
    } catch (error) {
      closePipe(stderr);
      throw error;
    }
  } catch (error) {
    closePipe(stdout);
    throw error;
  }
}

/**
 * A nameless file to read `text` from. Better than a pipe: the process may read it when and as much as it likes or open it again as
 * /dev/stdin, and nobody has to write meanwhile.
 */
function openText(directory: string, text: string): number {
  const name = join(directory, `stdin-${randomUUID()}`);
  try {
    writeFileSync(name, text, { mode: 0o400, flag: 'wx' });
    return openSync(name, 'r');
  } finally {
    rmSync(name, { force: true });
  }
}

function closePipe({ readFd, writeFd }: PipeEnds): void {
  closeSync(readFd);
  closeSync(writeFd);
}

/** What the child has inherited by now, or never will. */
function closeChildEnds({ stdinFd, stdout, stderr }: Stdio): void {
  if (stdinFd !== null) closeSync(stdinFd);
  closeSync(stdout.writeFd);
  closeSync(stderr.writeFd);
}

function closeOurEnds({ stdout, stderr }: Stdio): void {
  closeSync(stdout.readFd);
  closeSync(stderr.readFd);
}

function asError(error: unknown): Error {
  return Error.isError(error) ? error : new Error(String(error));
}
