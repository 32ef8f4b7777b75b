import { findProgram } from '../process/locate-action.js';
import { type ProcessLauncher } from '../process/process-launcher.js';
import { runProcess } from '../process/run-process.js';
import { type Machine } from '../runtimes/probe-runtime.js';

const TIMEOUT_MS = 10_000;
const OUTPUT_LIMIT_BYTES = 16 * 1024;

interface MachineOptions {
  readonly scratchDir: string;
  readonly launcher: ProcessLauncher;
  /** The environment actions get. */
  readonly env: Readonly<Record<string, string>>;
}

/** The machine the worker runs on, seen as an action sees it. */
export function localMachine({ scratchDir, launcher, env }: MachineOptions): Machine {
  const find = (binary: string): Promise<string | null> => findProgram(binary, env['PATH'] ?? '', scratchDir);
  return {
    hasProgram: async (binary) => (await find(binary)) !== null,
    run: async (binary, args) => {
      const command = await find(binary);
      if (command === null) return null;
      const outcome = await runProcess(
        {
          command,
          args,
          cwd: scratchDir,
          env,
          stdin: null,
          scratchDir,
          timeoutMs: TIMEOUT_MS,
          stdoutLimitBytes: OUTPUT_LIMIT_BYTES,
          stderrLimitBytes: OUTPUT_LIMIT_BYTES,
          killGraceMs: 500,
          strayGraceMs: 500,
          marks: [],
        },
        launcher,
        new AbortController().signal,
      );
      if (outcome.type !== 'ran' || outcome.end.type !== 'exited') return null;
      return { exitCode: outcome.end.code, text: outcome.stdout.text + outcome.stderr.text };
    },
  };
}
