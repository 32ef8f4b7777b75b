import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCRATCH_VARIABLE } from '../machine/scratch-directory.js';
import { actionEnvironment } from './action-environment.js';
import { ActionFiles } from './action-files.js';
import { type ActionInvocation } from './action-invocation.js';
import { type TemplateValues } from './command-template.js';
import { type RunOutcome, notStartedResult, resultOf } from './execution-result.js';
import { interpreterCommand } from './interpreter-command.js';
import { formatParameters } from './parameter-text.js';
import { type ProcessLauncher } from './process-launcher.js';
import { type ProcessRequest, runProcess } from './run-process.js';
import { shellPreamble } from './shell-preamble.js';
import { StartError } from './start-error.js';

export interface RunnerOptions {
  /** A directory of this process alone (mode 0700): inline sources, parameter files, pipes. */
  readonly scratchDir: string;
  /** What of the worker's environment an action sees. */
  readonly inheritedVariables: Readonly<Record<string, string>>;
  readonly stdoutLimitBytes: number;
  readonly stderrLimitBytes: number;
  readonly killGraceMs: number;
  readonly strayGraceMs: number;
}

/** Why a run is stopped from outside; the reason of its abort signal. */
export type StopReason = 'user' | 'shutdown';

/**
 * Runs actions as operating-system processes. An action that fails is an outcome, not an exception. Runs are independent of each
 * other and may overlap.
 */
export class ActionRunner {
  private runs = 0;
  private readonly files = new ActionFiles();

  constructor(
    private readonly options: RunnerOptions,
    private readonly launcher: ProcessLauncher,
  ) {}

  /** Aborting `stop` with a `StopReason` ends the whole process group. */
  async run(invocation: ActionInvocation, stop: AbortSignal): Promise<RunOutcome> {
    const { isInline, entryPoint, outputFormat, timeoutSeconds } = invocation;
    if (isInline && entryPoint.trim() === '')
      return { status: 'completed', result: { exit_code: 0, duration_ms: 0, succeeded: true } };

    const run = new PreparedFiles(join(this.options.scratchDir, `run-${(this.runs += 1)}`));
    try {
      const request = await this.prepare(invocation, run);
      const outcome = await runProcess(request, this.launcher, stop);
      if (outcome.type === 'not-started') return notStartedResult(startFailure(outcome.error, request.command));
      const stoppedBy = (stop.reason as StopReason | undefined) ?? 'shutdown';
      return resultOf(outcome, { outputFormat, timeoutSeconds, stoppedBy });
    } catch (error) {
      if (error instanceof StartError) return notStartedResult(error.message);
      throw error;
    } finally {
      await run.remove();
    }
  }

  private async prepare(invocation: ActionInvocation, run: PreparedFiles): Promise<ProcessRequest> {
    const { execution, packDir, environmentDir } = invocation;
    const manifest = execution.dependencies?.manifest_file;
    const values: TemplateValues = {
      pack_dir: packDir,
      env_dir: environmentDir,
      interpreter: execution.interpreter.binary,
      manifest_path: manifest ? join(packDir, manifest) : '',
      action_file: invocation.isInline
        ? run.path(sourceName(invocation))
        : await this.files.locate(packDir, invocation.entryPoint),
    };
    const parameters = formatParameters(invocation.parameters, invocation.parameterFormat);
    const env = actionEnvironment({
      inherited: this.options.inheritedVariables,
      platform: platformVariables(invocation, run),
      runtime: execution.env_vars,
      execution: invocation.executionVariables,
      templateValues: values,
    });
    if (invocation.parameterDelivery === 'file') await run.write(PARAMETER_FILE, parameters + '\n', 0o400);
    if (invocation.isInline) await run.write(sourceName(invocation), inlineSource(invocation, env), 0o600);
    return {
      ...(await this.command(invocation, values, env)),
      cwd: (await this.files.isDirectory(packDir)) ? packDir : this.options.scratchDir,
      env,
      stdin: invocation.parameterDelivery === 'file' || hasShellHelpers(invocation) ? null : parameters + '\n',
      scratchDir: this.options.scratchDir,
      timeoutMs: invocation.timeoutSeconds * 1000,
      stdoutLimitBytes: this.options.stdoutLimitBytes,
      stderrLimitBytes: this.options.stderrLimitBytes,
      killGraceMs: this.options.killGraceMs,
      strayGraceMs: this.options.strayGraceMs,
      marks: RUN_MARKS.flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`])),
    };
  }

  private async command(
    { execution }: ActionInvocation,
    values: TemplateValues,
    env: Readonly<Record<string, string>>,
  ): Promise<Pick<ProcessRequest, 'command' | 'args'>> {
    if (execution.interpreter.binary === '') {
      await this.files.assertExecutable(values.action_file);
      return { command: values.action_file, args: [] };
    }
    return interpreterCommand(execution, values.action_file, values, {
      path: env['PATH'] ?? '',
      find: (program, path, base) => this.files.findProgram(program, path, base),
    });
  }
}

const PARAMETER_FILE = 'parameters';

/** Together these variables tell a run from all others on the machine; nobody can override them. */
const RUN_MARKS = ['ATTUNE_EXEC_ID', SCRATCH_VARIABLE];

/** The files of one run; none of them outlives it. */
class PreparedFiles {
  private isCreated = false;

  constructor(private readonly directory: string) {}

  path(name: string): string {
    return join(this.directory, name);
  }

  async write(name: string, text: string, mode: number): Promise<void> {
    this.isCreated = true;
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      await writeFile(this.path(name), text, { mode, flag: 'wx' });
    } catch (error) {
      // A full or read-only disk: the action's own text stays out of the message.
      throw new StartError(`Could not write the ${name} file: ${(error as Error).message}`);
    }
  }

  async remove(): Promise<void> {
    if (this.isCreated) await rm(this.directory, { recursive: true, force: true });
  }
}

function platformVariables(invocation: ActionInvocation, run: PreparedFiles): Record<string, string> {
  return {
    ...invocation.platformVariables,
    ATTUNE_EXEC_ID: String(invocation.executionId),
    ATTUNE_ACTION: invocation.actionRef,
    ATTUNE_PACK_REF: invocation.packRef,
    ATTUNE_PARAMETER_DELIVERY: invocation.parameterDelivery,
    ATTUNE_PARAMETER_FORMAT: invocation.parameterFormat,
    ...(invocation.parameterDelivery === 'file' ? { ATTUNE_PARAMETER_FILE: run.path(PARAMETER_FILE) } : {}),
  };
}

function hasShellHelpers({ isInline, execution }: ActionInvocation): boolean {
  return isInline && execution.inline_execution.inject_shell_helpers;
}

function inlineSource(invocation: ActionInvocation, env: Readonly<Record<string, string>>): string {
  return (hasShellHelpers(invocation) ? shellPreamble(invocation.parameters, env) : '') + invocation.entryPoint;
}

function sourceName({ execution }: ActionInvocation): string {
  const extension = execution.inline_execution.extension ?? execution.interpreter.file_extension ?? '';
  if (extension.includes('/')) throw new StartError(`Not a file extension: ${extension}`);
  return `action${extension === '' || extension.startsWith('.') ? '' : '.'}${extension}`;
}

const START_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'the program named in its first line does not exist',
  E2BIG: 'its arguments and environment are too large',
};

function startFailure(error: Error & { readonly code?: string }, command: string): string {
  return `Could not start ${command}: ${START_PROBLEMS[error.code ?? ''] ?? error.message}`;
}
