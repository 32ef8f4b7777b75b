import { randomUUID } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseExecutionConfig } from '../runtimes/execution-config.js';
import { type ActionInvocation } from './action-invocation.js';
import { pino } from 'pino';
import { ActionRunner, type RunnerOptions } from './action-runner.js';
import { ProcessLauncher } from './process-launcher.js';

/** A pack directory and a runner for specs, with every process it starts marked so that leftovers can be found. */
export interface RunnerFixture {
  readonly packDir: string;
  readonly scratchDir: string;
  readonly mark: Readonly<Record<string, string>>;
  /** What its runners launch processes with. */
  readonly launcher: ProcessLauncher;
  runner(options?: Partial<RunnerOptions>): ActionRunner;
  /** Writes a file into the pack, executable unless `mode` says otherwise. */
  file(path: string, text: string, mode?: number): Promise<void>;
  /** Waits until a file of the pack exists. */
  appears(path: string): Promise<void>;
  /** Command lines of marked processes that are alive. */
  survivors(): Promise<string[]>;
  /** Waits until no marked process is alive. */
  allGone(): Promise<void>;
  openDescriptors(): Promise<number>;
  remove(): Promise<void>;
}

export async function createRunnerFixture(): Promise<RunnerFixture> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'attune-runner-')));
  const packDir = join(root, 'packs', 'demo');
  const scratchDir = join(root, 'scratch');
  await mkdir(join(packDir, 'actions'), { recursive: true });
  await mkdir(scratchDir, { mode: 0o700 });
  const launcher = new ProcessLauncher(scratchDir, pino({ level: 'silent' }));
  const mark = { SPEC_RUN: randomUUID() };
  return {
    packDir,
    scratchDir,
    mark,
    launcher,
    runner: (options) =>
      new ActionRunner(
        {
          scratchDir,
          inheritedVariables: { PATH: process.env['PATH'] ?? '', ...mark },
          stdoutLimitBytes: 1024 * 1024,
          stderrLimitBytes: 1024 * 1024,
          killGraceMs: 300,
          strayGraceMs: 200,
          ...options,
        },
        launcher,
      ),
    file: async (path, text, mode = 0o755) => {
      await mkdir(dirname(join(packDir, path)), { recursive: true });
      await writeFile(join(packDir, path), text);
      await chmod(join(packDir, path), mode);
    },
    appears: (path) =>
      until(() =>
        access(join(packDir, path)).then(
          () => true,
          () => false,
        ),
      ),
    survivors: () => findProcesses(`SPEC_RUN=${mark.SPEC_RUN}`),
    allGone: () => until(async () => (await findProcesses(`SPEC_RUN=${mark.SPEC_RUN}`)).length === 0),
    openDescriptors: async () => (await readdir('/proc/self/fd')).length,
    remove: async () => {
      await launcher.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export const SHELL = parseExecutionConfig({
  interpreter: { binary: '/bin/bash', args: [], file_extension: '.sh' },
  inline_execution: { strategy: 'temp_file', extension: '.sh', inject_shell_helpers: true },
});

export function invocation(overrides: Partial<ActionInvocation> & Pick<ActionInvocation, 'packDir'>): ActionInvocation {
  return {
    executionId: 4711,
    actionRef: 'demo.run',
    packRef: 'demo',
    entryPoint: 'run.sh',
    isInline: false,
    language: null,
    execution: SHELL,
    environmentDir: join(overrides.packDir, '..', 'envs', 'demo', 'shell'),
    parameters: {},
    parameterFormat: 'json',
    parameterDelivery: 'stdin',
    outputFormat: 'text',
    timeoutSeconds: 20,
    platformVariables: {},
    executionVariables: {},
    ...overrides,
  };
}

const PATIENCE_MS = 20_000;

/** Polls a condition that no event announces. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('waited in vain');
    await delay(10);
  }
}

async function findProcesses(marker: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(marker)
        ? [await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => id)]
        : [];
    }),
  );
  return found.flat();
}
