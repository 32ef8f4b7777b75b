import { type JsonObject } from '@attune/engine';
import { type ExecutionConfig } from '../runtimes/execution-config.js';
import { type ParameterFormat } from './parameter-text.js';
import { type OutputFormat } from './parse-output.js';

/** Languages in which an action may be a function. */
export type FunctionLanguage = 'node' | 'python';

/** Everything needed to run one action once. */
export interface ActionInvocation {
  readonly executionId: number;
  readonly actionRef: string;
  readonly packRef: string;
  /** Where the pack's files are; need not exist for an inline action. */
  readonly packDir: string;
  /** A path below the pack's `actions/`, or for an inline action the source itself. */
  readonly entryPoint: string;
  readonly isInline: boolean;
  /** The file exports a function in this language that is called; null = the file is run as a process. */
  readonly language: FunctionLanguage | null;
  readonly execution: ExecutionConfig;
  /** Where an environment for this pack and runtime would be. */
  readonly environmentDir: string;
  /** With defaults added and secrets in plain text: never logged, never in the environment or the arguments. */
  readonly parameters: JsonObject;
  readonly parameterFormat: ParameterFormat;
  readonly parameterDelivery: 'stdin' | 'file';
  readonly outputFormat: OutputFormat;
  readonly timeoutSeconds: number;
  /** `ATTUNE_*` variables that are known outside the runner only. */
  readonly platformVariables: Readonly<Record<string, string>>;
  /** Variables the execution was created with. */
  readonly executionVariables: Readonly<Record<string, string>>;
}
