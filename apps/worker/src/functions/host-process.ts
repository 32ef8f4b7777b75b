import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { type Writable } from 'node:stream';
import { type CapturedText } from '../process/bounded-capture.js';
import { LineReader } from '../process/line-reader.js';
import { type PipeEnds, type PipePool } from '../process/pipe-pool.js';
import { signalGroup, waitForEmptyGroup } from '../process/process-group.js';
import { type PipeReading, readPipe } from '../process/read-pipe.js';
import { type ProcessEnd } from '../process/run-process.js';
import { StartError } from '../process/start-error.js';
import { type HostAnswer, parseAnswer, RETIRE_LINE } from './host-protocol.js';
import { HostOutput } from './host-output.js';

/** A host that has not said that it is ready after this time (ms) never will. */
const START_TIMEOUT_MS = 30_000;
/** What an answer may hold besides its data. */
const ANSWER_MARGIN_BYTES = 1024 * 1024;

export interface HostLimits {
  readonly stdoutLimitBytes: number;
  readonly stderrLimitBytes: number;
  /** Time between TERM and KILL. */
  readonly killGraceMs: number;
  /** How long output is still read after the process ended, when something else keeps its pipes open. */
  readonly strayGraceMs: number;
}

export interface HostCommand {
  /** Absolute path of the program. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Why the process is gone. */
export type HostExit = Extract<ProcessEnd, { type: 'exited' | 'signaled' }>;

/**
 * One host program in a process group of its own, seen as lines that go in and answers and output that come out.
 *
 * States: starting → up → gone. It never comes back.
 */
export class HostProcess {
  readonly stdout: HostOutput;
  readonly stderr: HostOutput;
  /** Called with every answer, and with null when it is gone; all output that was written before is there. */
  onAnswer: (answer: HostAnswer | null) => void = () => undefined;
  /** Resolves when the process is gone and every answer it gave was delivered. */
  readonly exited: Promise<HostExit>;
  private readonly requests: Writable;
  private readonly readings: readonly PipeReading[];
  private hasExited = false;

  private constructor(
    child: ChildProcess,
    private readonly groupId: number,
    pipes: HostPipes,
    private readonly limits: HostLimits,
  ) {
    this.stdout = new HostOutput('stdout', limits.stdoutLimitBytes);
    this.stderr = new HostOutput('stderr', limits.stderrLimitBytes);
    this.requests = child.stdio[3] as Writable;
    // Written to while the process dies: its end is what is reported.
    this.requests.on('error', () => undefined);
    const lines = new LineReader(limits.stdoutLimitBytes + ANSWER_MARGIN_BYTES, (line) => this.receive(line));
    const answers = readPipe(pipes.answers.readFd, (bytes) => {
      try {
        lines.read(bytes);
      } catch {
        this.breakOff();
      }
    });
    this.readings = [
      readPipe(pipes.stdout.readFd, (bytes) => this.stdout.write(bytes)),
      readPipe(pipes.stderr.readFd, (bytes) => this.stderr.write(bytes)),
    ];
    this.exited = exitOf(child).then(async (exit) => {
      this.hasExited = true;
      await answers.finish(limits.strayGraceMs);
      setImmediate(() => this.onAnswer(null));
      return exit;
    });
  }

  /** @throws StartError when it does not come up */
  static async start(command: HostCommand, pipePool: PipePool, limits: HostLimits): Promise<HostProcess> {
    const pipes = await openPipes(pipePool);
    let child: ChildProcess;
    try {
      child = spawn(command.command, command.args, {
        cwd: command.cwd,
        env: command.env,
        detached: true,
        stdio: ['ignore', pipes.stdout.writeFd, pipes.stderr.writeFd, 'pipe', pipes.answers.writeFd],
      });
    } catch (error) {
      for (const { readFd } of Object.values(pipes)) closeSync(readFd);
      throw new StartError(`Could not start ${command.command}: ${(error as Error).message}`);
    } finally {
      for (const { writeFd } of Object.values(pipes)) closeSync(writeFd);
    }
    if (child.pid === undefined) {
      for (const { readFd } of Object.values(pipes)) closeSync(readFd);
      const reason = await new Promise<Error>((resolve) => child.once('error', resolve));
      throw new StartError(`Could not start ${command.command}: ${reason.message}`);
    }
    const host = new HostProcess(child, child.pid, pipes, limits);
    await host.becomesReady(command.command);
    return host;
  }

  get isUp(): boolean {
    return !this.hasExited;
  }

  send(line: string): void {
    this.requests.write(line);
  }

  signal(signal: NodeJS.Signals): void {
    signalGroup(this.groupId, signal);
  }

  /** Lets it end by itself until `deadline` (performance.now()), then ends whatever is left of its group. Safe to call again. */
  async end(deadline: number): Promise<HostExit> {
    if (!this.hasExited) this.send(RETIRE_LINE);
    const timer = setTimeout(() => this.signal('SIGKILL'), Math.max(0, deadline - performance.now()));
    const exit = await this.exited;
    clearTimeout(timer);
    if (!(await waitForEmptyGroup(this.groupId, deadline))) this.signal('SIGKILL');
    this.requests.destroy();
    await Promise.all(this.readings.map((reading) => reading.finish(this.limits.strayGraceMs)));
    return exit;
  }

  /** The end of what one call has written. */
  takeOutput(): { readonly stdout: CapturedText; readonly stderr: CapturedText } {
    return { stdout: this.stdout.end(), stderr: this.stderr.end() };
  }

  private receive(line: string): void {
    const answer = parseAnswer(line);
    // Whatever was written before the answer is readable in the very turn of the event loop in which the answer is: the next
    // phase comes after all of it was read. No mark in the output, no extra reading.
    setImmediate(() => this.onAnswer(answer));
  }

  /** It said something that is no answer: nothing it says can be trusted any more. */
  private breakOff(): void {
    this.signal('SIGKILL');
  }

  private async becomesReady(command: string): Promise<void> {
    this.stderr.begin();
    const timer = setTimeout(() => this.signal('SIGKILL'), START_TIMEOUT_MS);
    const isReady = await new Promise<boolean>((resolve) => {
      this.onAnswer = (answer) => resolve(answer !== null);
    });
    clearTimeout(timer);
    this.onAnswer = () => undefined;
    if (isReady) {
      this.stderr.end();
      return;
    }
    await this.end(performance.now());
    const said = this.stderr.end().text.trim().split('\n').at(-1) ?? '';
    throw new StartError(`The function host (${command}) did not start${said === '' ? '' : `: ${said}`}`);
  }
}

type HostPipes = Readonly<Record<'stdout' | 'stderr' | 'answers', PipeEnds>>;

async function openPipes(pool: PipePool): Promise<HostPipes> {
  const opened: PipeEnds[] = [];
  const open = async (): Promise<PipeEnds> => {
    const pipe = await pool.open();
    opened.push(pipe);
    return pipe;
  };
  try {
    return { stdout: await open(), stderr: await open(), answers: await open() };
  } catch (error) {
    for (const { readFd, writeFd } of opened) for (const fd of [readFd, writeFd]) closeSync(fd);
    throw error;
  }
}

function exitOf(child: ChildProcess): Promise<HostExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(
        signal === null
          ? { type: 'exited', code: code ?? -1 }
          : { type: 'signaled', signal: constants.signals[signal] },
      ),
    );
  });
}
