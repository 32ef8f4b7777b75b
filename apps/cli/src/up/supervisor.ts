import { setTimeout as delay } from 'node:timers/promises';
import { StartupError } from '@attune/common';
import { consoleLine, lastWords } from './log-line.js';
import { countFailure, restartDelayMs } from './restart-delay.js';
import { ServiceLog } from './service-log.js';
import { type Facts, ServiceProcess, type ServiceProgram } from './service-process.js';

const REMEMBERED_LINES = 50;

/** How long (ms) a line that is the same as the one before is not shown again. */
const REPEATED_MS = 60_000;

/** What a group may take (ms) at least, however long the groups before it took. */
const FAREWELL_MS = 1_000;

export interface SupervisorOptions {
  /** In order of their start. The services of a group start together; groups stop in reverse order. */
  readonly groups: readonly (readonly ServiceProgram[])[];
  readonly logDirectory: string;
  readonly onReady: (service: string, facts: Facts) => void;
  /** A line for the person at the console. */
  readonly tell: (line: string) => void;
  /** Wait (ms) before the first restart; doubles from there. Default 1 000. */
  readonly firstRestartMs?: number;
}

/**
 * Keeps the services running. Starting: a service that ends before it was ready fails the start. Running: one that ends is started again,
 * with growing pauses. Stopping: nothing is started any more, each group is asked to end, and killed at the deadline.
 */
export class Supervisor {
  private readonly services: Service[][];

  constructor(options: SupervisorOptions) {
    this.services = options.groups.map((group) => group.map((program) => new Service(program, options)));
  }

  /** Resolves when every service is ready. @throws StartupError in the words of the service that could not start */
  async start(): Promise<void> {
    for (const group of this.services) await Promise.all(group.map((service) => service.start()));
  }

  /** Stops all of them within `deadlineMs`, or a little later when a group used it up. Safe to call at any time, also while starting. */
  async stop(deadlineMs: number): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    for (const service of this.services.flat()) service.retire();
    for (const group of [...this.services].reverse()) {
      const remainingMs = Math.max(FAREWELL_MS, deadline - performance.now());
      await Promise.all(group.map((service) => service.stop(remainingMs)));
    }
  }

  /** Ends all of them now. */
  kill(): void {
    for (const service of this.services.flat()) service.kill();
  }
}

class Service {
  private process: ServiceProcess | null = null;
  private log: ServiceLog | null = null;
  private watching: Promise<void> | null = null;
  private readonly retired = new AbortController();
  private readonly recentLines: string[] = [];
  /** What would be shown, kept back until the service is ready: one that cannot start is explained by the error of the start alone. */
  private heldBack: string[] | null = [];
  private lastShown = { text: '', at: 0 };

  constructor(
    private readonly program: ServiceProgram,
    private readonly options: SupervisorOptions,
  ) {}

  async start(): Promise<void> {
    if (this.isRetired()) return;
    const running = this.launch();
    const outcome = await Promise.race([running.ready, running.exited.then(({ how }) => how)]);
    if (typeof outcome !== 'string') {
      this.options.onReady(this.program.name, outcome);
      for (const line of this.heldBack ?? []) this.options.tell(line);
      this.heldBack = null;
      this.watching = this.keepRunning(running);
      return;
    }
    if (this.isRetired()) return;
    this.log?.poll();
    const words = lastWords(this.program.name, this.recentLines);
    throw new StartupError(
      `${this.program.name} did not start: ${words === '' ? `${outcome}, see ${this.log?.path ?? 'its log'}` : words}`,
    );
  }

  retire(): void {
    this.retired.abort();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.retire();
    await this.process?.stop(deadlineMs);
    await this.watching;
    this.log?.close();
    this.log = null;
    this.process = null;
  }

  kill(): void {
    this.retire();
    this.process?.kill();
  }

  private isRetired(): boolean {
    return this.retired.signal.aborted;
  }

  private launch(): ServiceProcess {
    this.log ??= new ServiceLog(this.options.logDirectory, this.program.name, (line) => this.readLine(line));
    this.process = new ServiceProcess(this.program, this.log.descriptor);
    return this.process;
  }

  private readLine(line: string): void {
    this.recentLines.push(line);
    if (this.recentLines.length > REMEMBERED_LINES) this.recentLines.shift();
    const shown = consoleLine(this.program.name, line);
    if (shown === null || this.wasJustShown(shown)) return;
    if (this.heldBack === null) this.options.tell(shown);
    else this.heldBack.push(shown);
  }

  /** Ten connections lost at once are one message for a person; the file has all of them. */
  private wasJustShown(line: string): boolean {
    const { text, at } = this.lastShown;
    if (text === line && performance.now() - at < REPEATED_MS) return true;
    this.lastShown = { text: line, at: performance.now() };
    return false;
  }

  private async keepRunning(first: ServiceProcess): Promise<void> {
    const { name } = this.program;
    let running = first;
    let failures = 0;
    for (;;) {
      const startedAt = performance.now();
      const { how } = await running.exited;
      if (this.isRetired()) return;
      this.log?.poll();
      failures = countFailure(failures, performance.now() - startedAt);
      const waitMs = restartDelayMs(failures, this.options.firstRestartMs);
      this.options.tell(`${name} ended (${how}); starting it again in ${waitMs / 1000} s`);
      await delay(waitMs, undefined, { signal: this.retired.signal }).catch(() => undefined);
      if (this.isRetired()) return;
      this.lastShown = { text: '', at: 0 };
      running = this.launch();
      void running.ready.then(() => this.options.tell(`${name} is running again`));
    }
  }
}
