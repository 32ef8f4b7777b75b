import { type ChildProcess, spawn } from 'node:child_process';
import { type ReadyMessage } from '@attune/common';

export type Facts = ReadyMessage['facts'];

/** A program that reports `ready` over IPC, ends on SIGTERM, and ends by itself when this process is gone. */
export interface ServiceProgram {
  readonly name: string;
  /** Module that Node runs. */
  readonly entry: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** How a process of a service ended, in words: `exit code 1`, `signal SIGKILL`. */
export interface ServiceExit {
  readonly how: string;
}

/** One run of a service's program. */
export class ServiceProcess {
  /** Never resolves when the process ends first. */
  readonly ready: Promise<Facts>;
  readonly exited: Promise<ServiceExit>;
  private readonly child: ChildProcess;

  constructor(program: ServiceProgram, output: number) {
    this.child = spawn(process.execPath, ['--enable-source-maps', program.entry], {
      env: program.environment,
      // A session of its own: Ctrl-C goes to the foreground group, and the services are to stop in our order.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
    this.ready = new Promise((resolve) => {
      this.child.on('message', (message) => {
        if (isReady(message)) resolve(message.facts);
      });
    });
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => resolve({ how: error.message }));
      this.child.once('exit', (code, signal) => {
        resolve({ how: signal === null ? `exit code ${String(code)}` : `signal ${signal}` });
      });
    });
  }

  /** Undefined when the process could not be started at all. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks it to end; after `deadlineMs` it is killed. */
  async stop(deadlineMs: number): Promise<void> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), deadlineMs);
    await this.exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

const isReady = (message: unknown): message is ReadyMessage =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  message.type === 'ready' &&
  'facts' in message;
