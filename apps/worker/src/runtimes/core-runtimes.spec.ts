import { workspaceRoot } from '@attune/testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { localMachine } from '../machine/local-machine.js';
import { pino } from 'pino';
import { ProcessLauncher } from '../process/process-launcher.js';
import { parseExecutionConfig } from './execution-config.js';
import { type FoundRuntime, probeRuntime } from './probe-runtime.js';
import { parseVerification } from './verification.js';

interface RuntimeFile {
  readonly distributions: unknown;
  readonly execution_config: unknown;
  readonly versions?: readonly {
    readonly version: string;
    readonly distributions: unknown;
    readonly execution_config: unknown;
  }[];
}

let scratchDir: string;
let launcher: ProcessLauncher;
beforeAll(async () => {
  scratchDir = await mkdtemp(join(tmpdir(), 'attune-probe-'));
  launcher = new ProcessLauncher(scratchDir, pino({ level: 'silent' }));
});
afterAll(async () => {
  await launcher.stop();
  await rm(scratchDir, { recursive: true, force: true });
});

async function coreRuntime(name: string): Promise<RuntimeFile> {
  const text = await readFile(join(workspaceRoot(), 'packs/core/runtimes', `${name}.yaml`), 'utf8');
  return parse(text) as RuntimeFile;
}

function probe({
  distributions,
  execution_config,
}: Pick<RuntimeFile, 'distributions' | 'execution_config'>): Promise<FoundRuntime | null> {
  const machine = localMachine({
    scratchDir,
    launcher,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return probeRuntime(parseVerification(distributions), parseExecutionConfig(execution_config), machine);
}

describe('the runtimes of the core pack on this machine', () => {
  it('finds the Node.js the tests run on', async () => {
    const found = await probe(await coreRuntime('nodejs'));
    expect(found?.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(found?.execution.interpreter.binary).toBe('node');
  });

  it('never has a version the machine does not have', async () => {
    const { versions = [] } = await coreRuntime('nodejs');
    for (const version of versions) {
      const found = await probe(version);
      if (found !== null) expect(found.version?.split('.')[0]).toBe(version.version);
    }
  });

  it('always has shell and native', async () => {
    expect(await probe(await coreRuntime('shell'))).toMatchObject({
      execution: { inline_execution: { inject_shell_helpers: true } },
    });
    expect(await probe(await coreRuntime('native'))).toMatchObject({
      version: null,
      execution: { interpreter: { binary: '' } },
    });
  });
});
