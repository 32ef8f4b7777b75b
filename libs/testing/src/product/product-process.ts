import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectOutput, inheritedEnvironment, workspaceRoot } from './service-process.js';

/** `attune up` as a person would run it. */
export interface ProductProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  output(): string;
  /** Login and password of the first administrator. */
  credentials(): Promise<{ login: string; password: string }>;
  /** Ctrl-C; resolves with the exit code and how long (ms) it took. */
  interrupt(): Promise<{ code: number | null; tookMs: number }>;
  /** SIGKILL for the parent process only: its children must notice by themselves. */
  kill(): Promise<void>;
}

export interface ProductOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a run of the command line ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `attune up` until the product has said that it is up. @throws Error with its output when it exits instead */
export async function startProduct(options: ProductOptions): Promise<ProductProcess> {
  const child = spawnCli(['up'], options);
  const output = collectOutput(child);
  const exited = once(child, 'exit');
  const up = new Promise<void>((resolve) => {
    child.stdout?.on('data', () => {
      if (output().includes(PRODUCT_UP)) resolve();
    });
  });
  await Promise.race([
    up,
    exited.then((): never => {
      throw new Error(`the product did not start:\n${output()}`);
    }),
  ]);
  return {
    url: `http://127.0.0.1:${options.port}`,
    dataDir: options.dataDir,
    pid: child.pid ?? 0,
    output,
    credentials: async () =>
      JSON.parse(await readFile(join(options.dataDir, 'credentials.json'), 'utf8')) as {
        login: string;
        password: string;
      },
    interrupt: async () => {
      const started = performance.now();
      child.kill('SIGINT');
      await exited;
      return { code: child.exitCode, tookMs: performance.now() - started };
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Part of the last line `attune up` prints when everything runs. */
const PRODUCT_UP = 'Ctrl-C';

/** Runs one command of the CLI to its end. */
export async function runCli(args: readonly string[], options: ProductOptions): Promise<CommandResult> {
  const child = spawnCli(args, options);
  const output = collectOutput(child);
  await once(child, 'close');
  return { code: child.exitCode, output: output() };
}

function spawnCli(args: readonly string[], { dataDir, port, environment = {} }: ProductOptions): ChildProcess {
  return spawn(process.execPath, [join(workspaceRoot(), 'apps/cli/dist/main.js'), ...args], {
    cwd: workspaceRoot(),
    env: {
      ...inheritedEnvironment(),
      ATTUNE__DATA_DIR: dataDir,
      ATTUNE__SERVER__PORT: String(port),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
