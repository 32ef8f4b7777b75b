import { testPattern } from '@attune/engine';
import { type ExecutionConfig } from './execution-config.js';
import { type Verification, type VerificationCommand } from './verification.js';

export interface CommandOutput {
  readonly exitCode: number;
  /** stdout and stderr together. */
  readonly text: string;
}

/** What probing may ask the machine. */
export interface Machine {
  /** Null: there is no such program, or it did not end by itself in time. */
  run(binary: string, args: readonly string[]): Promise<CommandOutput | null>;
  hasProgram(binary: string): Promise<boolean>;
}

/** A runtime (or one version of it) that the machine has. */
export interface FoundRuntime {
  /** As the program said it; null = it named none, or nothing was asked. */
  readonly version: string | null;
  /** With the program that answered in place of the one that is named, where several may serve. */
  readonly execution: ExecutionConfig;
}

const VERSION = /\d+(?:\.\d+){1,2}/;

/** Looks whether the machine can run this; null = it cannot. The first command that passes decides. */
export async function probeRuntime(
  { commands, always_available, check_required }: Verification,
  execution: ExecutionConfig,
  machine: Machine,
): Promise<FoundRuntime | null> {
  for (const command of commands.toSorted((a, b) => a.priority - b.priority)) {
    const output = await machine.run(command.binary, command.args);
    if (output === null || !passes(command, output)) continue;
    return { version: VERSION.exec(output.text)?.[0] ?? null, execution: runBy(command.binary, commands, execution) };
  }
  if (always_available || !check_required) return { version: null, execution };
  const { binary } = execution.interpreter;
  const isThere = commands.length === 0 && (binary === '' || (await machine.hasProgram(binary)));
  return isThere ? { version: null, execution } : null;
}

function passes({ exit_code, pattern }: VerificationCommand, { exitCode, text }: CommandOutput): boolean {
  return exitCode === exit_code && (pattern == null || testPattern(pattern, text));
}

function runBy(binary: string, commands: readonly VerificationCommand[], execution: ExecutionConfig): ExecutionConfig {
  const { interpreter } = execution;
  if (!commands.some((command) => command.binary === interpreter.binary)) return execution;
  return { ...execution, interpreter: { ...interpreter, binary } };
}
