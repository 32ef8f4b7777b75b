import { availableParallelism } from 'node:os';
import { type Logger } from '@attune/common';
import { type Json } from '@attune/engine';
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actionEnvironment } from '../process/action-environment.js';
import { type ActionInvocation, type FunctionLanguage } from '../process/action-invocation.js';
import { type RunnerOptions, type StopReason } from '../process/action-runner.js';
import { BoundedCapture, type CapturedText, RESERVED_BYTES } from '../process/bounded-capture.js';
import { type TemplateValues } from '../process/command-template.js';
import { type FunctionReturn, notStartedResult, resultOf, type RunOutcome } from '../process/execution-result.js';
import { interpreterCommand } from '../process/interpreter-command.js';
import { findProgram } from '../process/locate-action.js';
import { type OutputFormat, type ParsedOutput } from '../process/parse-output.js';
import { PipePool } from '../process/pipe-pool.js';
import { type ExecutionConfig } from '../runtimes/execution-config.js';
import { StartError } from '../process/start-error.js';
import { storableJson, storableText } from '../process/storable-json.js';
import { FunctionHost, type HostRun } from './function-host.js';
import { HostPool, type HostPlace } from './host-pool.js';
import { HostProcess } from './host-process.js';
import { type HostAnswer } from './host-protocol.js';
import { PackFiles } from './pack-files.js';

/** Beside the sources and beside `dist`. */
const PROGRAMS: Readonly<Record<FunctionLanguage, string>> = {
  node: fileURLToPath(new URL('../../hosts/node-host.mjs', import.meta.url)),
  python: fileURLToPath(new URL('../../hosts/python-host.py', import.meta.url)),
};

/** Variables that are the same for every execution of this worker: a host has them from the start. */
const COMMON_VARIABLES = new Set(['ATTUNE_API_URL', 'ATTUNE_ARTIFACTS_DIR', 'ATTUNE_RUNTIME_ENVS_DIR']);

export interface FunctionRunnerOptions extends RunnerOptions {
  /** Hosts there may be at once. */
  readonly hostLimit: number;
  /** Calls after which a host is replaced. */
  readonly hostMaxRuns: number;
  /** How long (ms) a host is kept that nobody calls. */
  readonly hostIdleMs: number;
}

/** An action that is a function. */
export type FunctionInvocation = ActionInvocation & { readonly language: FunctionLanguage };

/**
 * Runs function actions: in warm host processes, each of which calls one function at a time. Parameters reach a host through a
 * pipe, never through its environment or arguments. The results are those of `ActionRunner`.
 */
export class FunctionRunner {
  private readonly pool: HostPool<FunctionHost>;
  private readonly pipes: PipePool;
  private readonly files = new PackFiles();
  private readonly configs = new WeakMap<ExecutionConfig, number>();
  private knownConfigs = 0;

  constructor(
    private readonly options: FunctionRunnerOptions,
    logger: Logger,
  ) {
    this.pipes = new PipePool(options.scratchDir);
    const { hostLimit: limit, hostIdleMs: idleMs } = options;
    this.pool = new HostPool<FunctionHost>({ limit, idleMs, processors: availableParallelism() }, logger);
  }

  /** Aborting `stop` with a `StopReason` ends the call and its host's whole process group. */
  async run(invocation: FunctionInvocation, stop: AbortSignal): Promise<RunOutcome> {
    try {
      const { packDir, environmentDir, entryPoint, outputFormat, timeoutSeconds } = invocation;
      if (invocation.isInline)
        throw new StartError('An action with its source in the entry point cannot be a function');
      const { file, version } = await this.files.locate(packDir, environmentDir, entryPoint);
      const place = this.placeOf(invocation, version);
      const run = await this.call(place, invocation, file, stop);
      if (run.answer?.refused !== undefined) return notStartedResult(run.answer.refused);
      const stoppedBy = (stop.reason as StopReason | undefined) ?? 'shutdown';
      const { answer, ...ran } = run;
      return resultOf(answer === null ? ran : this.withReturn(ran, answer, outputFormat), {
        ...{ outputFormat, timeoutSeconds, stoppedBy },
      });
    } catch (error) {
      if (error instanceof StartError) return notStartedResult(error.message);
      throw error;
    }
  }

  /** Ends every host. Nothing may be running any more. */
  stop(): Promise<void> {
    return this.pool.stop();
  }

  private async call(
    place: HostPlace<FunctionHost>,
    invocation: FunctionInvocation,
    file: string,
    stop: AbortSignal,
  ): Promise<HostRun> {
    const host = await this.pool.acquire(place, stop);
    if (host === null) return STOPPED_BEFORE;
    let run: HostRun | null = null;
    try {
      run = await host.call({
        request: {
          file,
          params: invocation.parameters,
          isText: invocation.outputFormat === 'text',
          variables: ownVariables(invocation.executionVariables),
          platform: platformVariables(invocation),
        },
        timeoutMs: invocation.timeoutSeconds * 1000,
        stop,
      });
      return run;
    } finally {
      this.pool.release(place, host, run?.durationMs ?? null);
    }
  }

  private placeOf(invocation: FunctionInvocation, version: string): HostPlace<FunctionHost> {
    const { packRef, packDir, environmentDir, execution, language } = invocation;
    let config = this.configs.get(execution);
    if (config === undefined) {
      config = this.knownConfigs += 1;
      this.configs.set(execution, config);
    }
    return {
      key: `${packRef}\0${packDir}\0${environmentDir}\0${language}\0${config}`,
      version,
      start: () => this.startHost(invocation, version),
    };
  }

  private async startHost(invocation: FunctionInvocation, version: string): Promise<FunctionHost> {
    const { execution, packDir, packRef, environmentDir, language } = invocation;
    const { options } = this;
    const program = PROGRAMS[language];
    const manifest = execution.dependencies?.manifest_file;
    const values: TemplateValues = {
      pack_dir: packDir,
      env_dir: environmentDir,
      interpreter: execution.interpreter.binary,
      manifest_path: manifest ? join(packDir, manifest) : '',
      action_file: program,
    };
    const common = Object.entries(invocation.platformVariables).filter(([name]) => COMMON_VARIABLES.has(name));
    const env = actionEnvironment({
      inherited: options.inheritedVariables,
      platform: { ...Object.fromEntries(common), ATTUNE_PACK_REF: packRef },
      runtime: execution.env_vars,
      execution: {},
      templateValues: values,
    });
    const { command, args } = await interpreterCommand(execution, program, values, {
      path: env['PATH'] ?? '',
      find: findProgram,
    });
    const host = await HostProcess.start(
      { command, args: [...args, String(options.stdoutLimitBytes)], cwd: packDir, env },
      this.pipes,
      options,
    );
    return new FunctionHost(host, version, { maxCalls: options.hostMaxRuns, killGraceMs: options.killGraceMs });
  }

  private withReturn(
    ran: Omit<HostRun, 'answer'>,
    answer: HostAnswer,
    format: OutputFormat,
  ): Omit<HostRun, 'answer'> & { readonly returned: FunctionReturn } {
    const returned = { output: outputOf(answer, format), error: answer.error ?? null };
    if (!answer.text) return { ...ran, returned };
    return { ...ran, returned, stdout: appended(ran.stdout, answer.text, this.options.stdoutLimitBytes) };
  }
}

const NOTHING: CapturedText = { text: '', truncatedBytes: 0 };

/** It was stopped while it waited for a host: as if TERM had come before its first instruction. */
const STOPPED_BEFORE: HostRun = {
  end: { type: 'stopped', code: 143 },
  answer: null,
  durationMs: 0,
  stdout: NOTHING,
  stderr: NOTHING,
};

function platformVariables(invocation: FunctionInvocation): Record<string, string> {
  const variables: Record<string, string> = {
    ATTUNE_EXEC_ID: String(invocation.executionId),
    ATTUNE_ACTION: invocation.actionRef,
  };
  for (const [name, value] of Object.entries(invocation.platformVariables)) {
    if (!COMMON_VARIABLES.has(name)) variables[name] = value;
  }
  return variables;
}

/** Nobody overrides a variable of the platform. */
function ownVariables(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !name.startsWith('ATTUNE_')));
}

function outputOf({ data, problem }: HostAnswer, format: OutputFormat): ParsedOutput {
  if (problem !== undefined) return { type: 'unparsable', error: problem };
  if (data === undefined) return { type: 'none' };
  const value: Json = format === 'jsonl' && !Array.isArray(data) ? [data] : data;
  try {
    return { type: 'data', data: storableJson(value) };
  } catch (error) {
    return { type: 'unparsable', error: (error as Error).message };
  }
}

/** What a function printed, and after it the text it returned, within the limit of the stream. */
function appended({ text, truncatedBytes }: CapturedText, more: string, limitBytes: number): CapturedText {
  // The usual case costs no copy; a character takes at most three bytes for each unit of its text.
  if (text === '' && more.length * 3 < limitBytes - RESERVED_BYTES)
    return { text: storableText(more), truncatedBytes: 0 };
  if (truncatedBytes > 0) return { text, truncatedBytes: truncatedBytes + Buffer.byteLength(more) };
  const capture = new BoundedCapture('stdout', limitBytes);
  capture.write(Buffer.from(text + more));
  return capture.text();
}
