import { type CapturedText } from '../process/bounded-capture.js';
import { type ProcessEnd } from '../process/run-process.js';
import { type HostAnswer, type HostRequest, requestLine } from './host-protocol.js';
import { type HostExit, type HostProcess } from './host-process.js';

/** Longest delay a Node timer can hold (about 24.8 days). */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface HostCall {
  readonly request: Omit<HostRequest, 'call'>;
  readonly timeoutMs: number;
  /** Aborted: the call is to be stopped. */
  readonly stop: AbortSignal;
}

/** How long (ms) a host that nobody calls may take to end. */
const RETIRE_MS = 1_000;

/** What came of one call. */
export interface HostRun {
  readonly end: ProcessEnd;
  /** Null: the function ended its process, or was ended with it. */
  readonly answer: HostAnswer | null;
  /** With fractions. */
  readonly durationMs: number;
  readonly stdout: CapturedText;
  readonly stderr: CapturedText;
}

interface Kill {
  readonly reason: 'timeout' | 'stop';
  /** When the grace time ends (performance.now()). */
  readonly deadline: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * A host that calls one function at a time.
 *
 * States: idle ⇄ busy → spent. A call that is stopped, takes too long or ends the process leaves it spent: nothing of its process
 * group is alive then.
 */
export class FunctionHost {
  private calls = 0;
  private isSpent = false;

  constructor(
    private readonly host: HostProcess,
    /** Of the pack's files, when it was started. */
    readonly version: string,
    private readonly limits: { readonly maxCalls: number; readonly killGraceMs: number },
  ) {}

  /** Whether it can be called again. */
  get isUsable(): boolean {
    return !this.isSpent && this.host.isUp && this.calls < this.limits.maxCalls;
  }

  /** Resolves when its process is gone, whatever the reason. */
  get gone(): Promise<HostExit> {
    return this.host.exited;
  }

  async call({ request, timeoutMs, stop }: HostCall): Promise<HostRun> {
    const { host } = this;
    this.calls += 1;
    host.stdout.begin();
    host.stderr.begin();
    const startedAt = performance.now();
    const answered = this.answerTo(this.calls);
    host.send(requestLine({ call: this.calls, ...request }));
    const state: { kill?: Kill } = {};
    const terminate = (reason: Kill['reason']): void => {
      if (state.kill) return;
      host.signal('SIGTERM');
      const timer = setTimeout(() => host.signal('SIGKILL'), this.limits.killGraceMs);
      state.kill = { reason, timer, deadline: performance.now() + this.limits.killGraceMs };
    };
    const onStop = (): void => terminate('stop');
    const timeout = setTimeout(() => terminate('timeout'), Math.min(timeoutMs, MAX_TIMER_MS));
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();

    const answer = await answered;
    clearTimeout(timeout);
    stop.removeEventListener('abort', onStop);
    // Ours includes the time until this process came to read the answer.
    const durationMs = answer?.ms ?? performance.now() - startedAt;
    if (answer !== null && state.kill === undefined) {
      if (answer.isLeaving) await this.finish(performance.now() + RETIRE_MS);
      return { end: { type: 'exited', code: answer.code }, answer, durationMs, ...host.takeOutput() };
    }
    clearTimeout(state.kill?.timer);
    const exit = await this.finish(state.kill?.deadline ?? performance.now());
    return { end: endOf(exit, answer, state.kill?.reason), answer, durationMs, ...host.takeOutput() };
  }

  /** Lets it end by itself, then ends what its functions left running; not during a call. */
  async retire(): Promise<void> {
    await this.finish(performance.now() + RETIRE_MS);
  }

  /** Null: the process is gone. */
  private answerTo(call: number): Promise<HostAnswer | null> {
    return new Promise((resolve) => {
      this.host.onAnswer = (answer) => {
        if (answer === null || answer.call === call) resolve(answer);
      };
      if (!this.host.isUp) resolve(null);
    });
  }

  private finish(deadline: number): Promise<HostExit> {
    this.isSpent = true;
    return this.host.end(deadline);
  }
}

function endOf(exit: HostExit, answer: HostAnswer | null, killedFor: Kill['reason'] | undefined): ProcessEnd {
  if (killedFor === 'timeout') return { type: 'timed-out' };
  if (killedFor === undefined) return exit;
  if (answer !== null) return { type: 'stopped', code: answer.code };
  return { type: 'stopped', code: exit.type === 'signaled' ? 128 + exit.signal : exit.code };
}
