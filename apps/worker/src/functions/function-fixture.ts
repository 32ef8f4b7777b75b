import { pino } from 'pino';
import { type ActionInvocation, type FunctionLanguage } from '../process/action-invocation.js';
import { type RunOutcome } from '../process/execution-result.js';
import { createRunnerFixture, invocation, type RunnerFixture } from '../process/runner-fixture.js';
import { parseExecutionConfig } from '../runtimes/execution-config.js';
import { FunctionRunner, type FunctionRunnerOptions } from './function-runner.js';

/** How a spec calls a function. */
export interface FunctionCall extends Partial<ActionInvocation> {
  /** Stops it. */
  readonly stop?: AbortSignal;
}

/** A pack directory and a runner of functions, with every process it starts marked so that leftovers can be found. */
export interface FunctionFixture extends RunnerFixture {
  functions(options?: Partial<FunctionRunnerOptions>): FunctionRunner;
  /** Writes `actions/<name>`. */
  source(name: string, text: string): Promise<void>;
  /** Calls a function of the pack. */
  call(runner: FunctionRunner, entryPoint: string, how?: FunctionCall): Promise<RunOutcome>;
  /** Ends the runners it has made. */
  stop(): Promise<void>;
}

export const NODE = parseExecutionConfig({ interpreter: { binary: 'node' } });
export const PYTHON = parseExecutionConfig({ interpreter: { binary: 'python3' } });

export async function createFunctionFixture(): Promise<FunctionFixture> {
  const fixture = await createRunnerFixture();
  const runners: FunctionRunner[] = [];
  return {
    ...fixture,
    functions: (options) => {
      const runner = new FunctionRunner(
        {
          scratchDir: fixture.scratchDir,
          inheritedVariables: { PATH: process.env['PATH'] ?? '', ...fixture.mark },
          stdoutLimitBytes: 1024 * 1024,
          stderrLimitBytes: 1024 * 1024,
          killGraceMs: 1_000,
          strayGraceMs: 200,
          hostLimit: 10,
          hostMaxRuns: 1_000_000,
          hostIdleMs: 300_000,
          ...options,
        },
        pino({ level: 'silent' }),
      );
      runners.push(runner);
      return runner;
    },
    source: (name, text) => fixture.file(`actions/${name}`, text, 0o644),
    call: (runner, entryPoint, { stop = new AbortController().signal, ...overrides } = {}) => {
      const language: FunctionLanguage = entryPoint.endsWith('.py') ? 'python' : 'node';
      const execution = language === 'python' ? PYTHON : NODE;
      const base = invocation({ packDir: fixture.packDir, outputFormat: 'json', execution, entryPoint });
      return runner.run({ ...base, ...overrides, language }, stop);
    },
    stop: async () => {
      await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    },
  };
}
