import { randomUUID } from 'node:crypto';
import { closeSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { BoundedCapture, type CapturedText } from './bounded-capture.js';
import { type LaunchedProcess, type ProcessExit } from './launch-request.js';
import { type NamedPipe } from './pipe-pool.js';
import { killMarkedProcesses } from '../machine/marked-processes.js';
import { hasEnded, signalGroup, waitForEmptyGroup } from './process-group.js';
import { type ProcessLauncher } from './process-launcher.js';
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

const KILLED: ProcessExit = { code: null, signal: 'SIGKILL' };

const NOTHING: CapturedText = { text: '', truncatedBytes: 0 };

/**
 * Runs one process in a group (and session) of its own and captures what it writes. Aborting `stop`, like the timeout, sends TERM
 * to the whole group and KILL after the grace time; nothing of a killed run is left when this returns. Aborted before, nothing is
 * started. A process whose launcher died is killed: nobody could tell how it ends.
 */
export async function runProcess(
  request: ProcessRequest,
  launcher: ProcessLauncher,
  stop: AbortSignal,
): Promise<ProcessOutcome> {
  let stdio: Stdio;
  try {
    stdio = await openStdio(request, launcher);
  } catch (error) {
    return { type: 'not-started', error: asError(error) };
  }
  if (stop.aborted) {
    closeOurEnds(stdio);
    removeNames(stdio);
    return { type: 'ran', end: { type: 'stopped', code: -1 }, durationMs: 0, stdout: NOTHING, stderr: NOTHING };
  }
  const startedAt = performance.now();
  let child: LaunchedProcess;
  try {
    const { command, args, cwd, env } = request;
    const { stdin, stdout, stderr } = stdio;
    child = await launcher.launch({ command, args, cwd, env, stdin, stdout: stdout.name, stderr: stderr.name });
  } catch (error) {
    closeOurEnds(stdio);
    return { type: 'not-started', error: asError(error) };
  }
  const stdout = new BoundedCapture('stdout', request.stdoutLimitBytes);
  const stderr = new BoundedCapture('stderr', request.stderrLimitBytes);
  // Not before the other ends were open: a pipe nobody writes to looks like one that has ended.
  const readings = [
    readPipe(stdio.stdout.readFd, (bytes) => stdout.write(bytes)),
    readPipe(stdio.stderr.readFd, (bytes) => stderr.write(bytes)),
  ];
  const end = await superviseGroup(child, request, stop);
  const durationMs = Math.round(performance.now() - startedAt);
  await Promise.all(readings.map((reading) => reading.finish(request.strayGraceMs)));
  return { type: 'ran', end, durationMs, stdout: stdout.text(), stderr: stderr.text() };
}

async function superviseGroup(
  { pid: groupId, exited }: LaunchedProcess,
  request: ProcessRequest,
  stop: AbortSignal,
): Promise<ProcessEnd> {
  if (groupId === null) {
    await killOrphan(null, request);
    return endOf(KILLED, null);
  }
  let kill: Kill | null = null;
  const terminate = (reason: Kill['reason']): void => {
    if (kill !== null || hasEnded(groupId)) return;
    signalGroup(groupId, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(groupId, 'SIGKILL'), request.killGraceMs);
    kill = { reason, timer, at: performance.now() + request.killGraceMs };
  };
  const onStop = (): void => terminate('stop');
  const timeout = setTimeout(() => terminate('timeout'), Math.min(request.timeoutMs, MAX_TIMER_MS));
  stop.addEventListener('abort', onStop, { once: true });
  // It may have come while the process was being launched.
  if (stop.aborted) onStop();
  const exit = await exited;
  clearTimeout(timeout);
  stop.removeEventListener('abort', onStop);
  if (exit === null) await killOrphan(groupId, request);
  return endOf(exit ?? KILLED, await finishKill(groupId, kill, request));
}

/** Ends what a launcher that died has started, or may have started: then its marks alone tell which it is. */
async function killOrphan(groupId: number | null, { marks, killGraceMs }: ProcessRequest): Promise<void> {
  if (groupId !== null) {
    signalGroup(groupId, 'SIGKILL');
    await waitForEmptyGroup(groupId, performance.now() + killGraceMs);
  }
  if (marks.length > 0) await killMarkedProcesses(marks, 0);
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

function endOf(exit: ProcessExit, killedFor: Kill['reason'] | null): ProcessEnd {
  if (killedFor === 'timeout') return { type: 'timed-out' };
  const signal = exit.signal === null ? null : constants.signals[exit.signal];
  if (killedFor === 'stop') return { type: 'stopped', code: signal === null ? (exit.code ?? -1) : 128 + signal };
  return signal === null ? { type: 'exited', code: exit.code ?? -1 } : { type: 'signaled', signal };
}

interface Stdio {
  /** A file; null = empty. */
  readonly stdin: string | null;
  readonly stdout: NamedPipe;
  readonly stderr: NamedPipe;
}

async function openStdio({ stdin, scratchDir }: ProcessRequest, { pipes }: ProcessLauncher): Promise<Stdio> {
  const stdout = await pipes.openNamed();
  try {
    const stderr = await pipes.openNamed();
    try {
      return { stdin: stdin === null ? null : writeText(scratchDir, stdin), stdout, stderr };
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
 * A file to read `text` from, nameless once it is open. Better than a pipe: the process may read it when and as much as it likes or
 * open it again as /dev/stdin, and nobody has to write meanwhile.
 */
function writeText(directory: string, text: string): string {
  const name = join(directory, `stdin-${randomUUID()}`);
  try {
    writeFileSync(name, text, { mode: 0o400, flag: 'wx' });
  } catch (error) {
    rmSync(name, { force: true });
    throw error;
  }
  return name;
}

function closePipe({ readFd, name }: NamedPipe): void {
  closeSync(readFd);
  rmSync(name, { force: true });
}

/** Whoever launches a process does this when it has opened them. */
function removeNames({ stdin, stdout, stderr }: Stdio): void {
  for (const name of [stdin, stdout.name, stderr.name]) if (name !== null) rmSync(name, { force: true });
}

function closeOurEnds({ stdout, stderr }: Stdio): void {
  closeSync(stdout.readFd);
  closeSync(stderr.readFd);
}

function asError(error: unknown): Error {
  return Error.isError(error) ? error : new Error(String(error));
}
