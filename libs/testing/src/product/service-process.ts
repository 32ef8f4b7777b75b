import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { appendFileSync, existsSync } from 'node:fs';

/** A built service running as a process of its own, as it would in production. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** What it told when it was ready, such as its `url`. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Everything it wrote so far, for the message of a failing test. */
  output(): string;
  /** Resolves with the exit code, null after a signal, when it is gone for whatever reason. */
  readonly exited: Promise<number | null>;
  /** SIGKILL, as the kernel would; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code when it is gone. */
  stop(): Promise<number | null>;
  /** SIGSTOP: it does nothing more, but its connections stay. Nothing happens when it is gone. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

export interface ServiceOptions {
  readonly name: 'api' | 'executor' | 'worker';
  readonly environment: Readonly<Record<string, string>>;
  /** Everything it writes is also appended here. */
  readonly logFile?: string;
}

interface Ready {
  readonly type: 'ready';
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A service whose process runs, ready or not. */
export interface SpawnedService extends Omit<ServiceProcess, 'facts'> {
  /** Rejects, with the output, when the process ends instead. */
  readonly ready: Promise<ServiceProcess['facts']>;
}

/** Starts a built service and waits until it says that it is ready. @throws Error with its output when it exits instead */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { ready, ...service } = spawnService(options);
  return { ...service, facts: await ready };
}

/** Starts a built service without waiting for it. */
export function spawnService({ name, environment, logFile }: ServiceOptions): SpawnedService {
  const child = spawn(process.execPath, ['--enable-source-maps', join(workspaceRoot(), 'apps', name, 'dist/main.js')], {
    cwd: workspaceRoot(),
    env: { ...inheritedEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = collectOutput(child);
  if (logFile !== undefined) appendOutput(child, logFile);
  const exited = once(child, 'exit');
  const ready = readiness(child, exited, () => `${name} did not start:\n${output()}`);
  ready.catch(() => undefined); // whoever waits is told; a service killed before it was ready has nobody waiting
  const signal = async (kind: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(kind);
      await exited;
    }
    return child.exitCode;
  };
  return {
    name,
    pid: child.pid ?? 0,
    ready,
    output,
    exited: exited.then(() => child.exitCode),
    kill: async () => {
      await signal('SIGKILL');
    },
    stop: () => signal('SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

async function readiness(
  child: ChildProcess,
  exited: Promise<unknown>,
  problem: () => string,
): Promise<Ready['facts']> {
  const ready = new Promise<Ready['facts']>((resolve) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message.facts);
    });
  });
  return Promise.race([
    ready,
    exited.then((): never => {
      throw new Error(problem());
    }),
  ]);
}

const isReady = (message: unknown): message is Ready =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';

/** Keeps what a child writes, its last 64 KiB. */
export function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-65_536)));
  }
  return () => text;
}

/** At once, not through a stream: what a killed service said last must be there when its log is read. */
function appendOutput(child: ChildProcess, logFile: string): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer | string) => appendFileSync(logFile, chunk));
  }
}

/** The environment of this process without settings of ours and of the test runner, which would reach the product otherwise. */
export function inheritedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(ATTUNE__|NODE_ENV$|NODE_OPTIONS$|JEST_|NX_)/.test(entry[0]),
  );
  return Object.fromEntries(entries);
}

/** The folder of the workspace, looked for upwards from here. */
export function workspaceRoot(): string {
  let folder = process.cwd();
  while (!existsSync(join(folder, 'nx.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no workspace above ${process.cwd()}`);
    folder = parent;
  }
  return folder;
}
