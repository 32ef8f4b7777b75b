import { labelOf } from '@attune/engine';
import { z } from 'zod';
import { type ComponentFormat } from './component-format.js';
import { placementFields, positive, retentionPolicy, text, textList, versionConstraint } from './fields.js';
import { type FlatSchema, flatSchema } from './flat-schema.js';

type RetentionPolicy = z.output<typeof retentionPolicy>;

/** A row of the table `action`; the runtime is still a name. */
export interface ActionSpec {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  /** Path below `actions/`. */
  readonly entrypoint: string;
  /** A runtime ref when the file names one, else what `runner_type` stands for: a ref, a name or an alias. */
  readonly runtime: { readonly key: 'runtime_ref' | 'runner_type'; readonly name: string };
  /** Run as a program, or its exported function called. */
  readonly invocation: 'process' | 'function';
  readonly runtime_version_constraint: string | null;
  readonly required_worker_runtimes: Record<string, string>;
  readonly worker_selector: Record<string, string>;
  readonly worker_tolerations: readonly unknown[];
  readonly worker_affinity: object;
  readonly param_schema: FlatSchema;
  readonly out_schema: FlatSchema;
  readonly parameter_delivery: 'stdin' | 'file';
  readonly parameter_format: 'json' | 'dotenv' | 'yaml';
  readonly output_format: 'text' | 'json' | 'yaml' | 'jsonl';
  readonly timeout_seconds: number | null;
  readonly enabled: boolean;
  readonly accesses_mcp: boolean;
  readonly default_execution_permission_set_refs: readonly string[];
  readonly artifact_retention_policy: RetentionPolicy;
  readonly artifact_retention_limit: number;
  readonly log_retention_policy: RetentionPolicy | null;
  readonly log_retention_limit: number | null;
  readonly tags: readonly string[];
}

/** A path that cannot leave `actions/`. */
const filePath = z
  .string()
  .refine((path) => !path.startsWith('/') && !path.split(/[/\\]/).includes('..') && !path.includes('\0'), {
    error: 'must be a path inside the actions directory of the pack',
  });

const shape = {
  ref: text,
  name: text.optional(),
  label: text.optional(),
  description: z.string().optional(),
  runner_type: text.default('shell'),
  runtime_ref: text.optional(),
  entry_point: filePath.default(''),
  workflow_file: filePath.optional(),
  parameters: flatSchema.default({}),
  output: flatSchema.optional(),
  output_schema: flatSchema.optional(),
  parameter_delivery: z.enum(['stdin', 'file']).default('stdin'),
  parameter_format: z.enum(['json', 'dotenv', 'yaml']).default('json'),
  output_format: z.enum(['text', 'json', 'yaml', 'jsonl']).default('text'),
  invocation: z.enum(['process', 'function']).default('process'),
  runtime_version: versionConstraint.optional(),
  required_worker_runtimes: z.record(z.string(), versionConstraint).default({}),
  ...placementFields,
  accesses_mcp: z.boolean().default(false),
  default_execution_permission_set_refs: textList.default([]),
  log_retention_policy: retentionPolicy.optional(),
  log_retention_limit: positive.optional(),
  artifact_retention_policy: retentionPolicy.default('versions'),
  artifact_retention_limit: positive.default(5),
  timeout: positive.optional(),
  enabled: z.boolean().default(true),
  tags: textList.default([]),
};

export const actionFormat: ComponentFormat<typeof shape, ActionSpec> = {
  type: 'action',
  file: z.object(shape),
  notYet: (raw) => (raw.workflow_file === undefined ? [] : ['workflow_file']),
  build: (raw, ref) => ({
    ref,
    label: raw.label ?? labelOf(raw.name ?? ref),
    description: raw.description ?? null,
    entrypoint: raw.entry_point,
    runtime:
      raw.runtime_ref === undefined
        ? { key: 'runner_type', name: runtimeOf(raw.runner_type) }
        : { key: 'runtime_ref', name: raw.runtime_ref },
    invocation: raw.invocation,
    runtime_version_constraint: raw.runtime_version ?? null,
    required_worker_runtimes: raw.required_worker_runtimes,
    worker_selector: raw.worker_selector,
    worker_tolerations: raw.worker_tolerations,
    worker_affinity: raw.worker_affinity,
    param_schema: raw.parameters,
    out_schema: raw.output ?? raw.output_schema ?? {},
    parameter_delivery: raw.parameter_delivery,
    parameter_format: raw.parameter_format,
    output_format: raw.output_format,
    timeout_seconds: raw.timeout ?? null,
    enabled: raw.enabled,
    accesses_mcp: raw.accesses_mcp,
    default_execution_permission_set_refs: raw.default_execution_permission_set_refs,
    artifact_retention_policy: raw.artifact_retention_policy,
    artifact_retention_limit: raw.artifact_retention_limit,
    log_retention_policy: raw.log_retention_policy ?? null,
    log_retention_limit: raw.log_retention_limit ?? null,
    tags: raw.tags,
  }),
};

/** The runtime of the core pack a `runner_type` stands for; any other word is looked up as it is. */
const RUNNER_TYPES: Readonly<Record<string, readonly string[]>> = {
  'core.shell': ['shell', 'bash', 'sh'],
  'core.python': ['python', 'python3'],
  'core.nodejs': ['node', 'nodejs', 'node.js'],
  'core.native': ['native', 'builtin', 'standalone'],
};

export function runtimeOf(runnerType: string): string {
  const word = runnerType.toLowerCase();
  return Object.keys(RUNNER_TYPES).find((ref) => RUNNER_TYPES[ref]?.includes(word)) ?? runnerType;
}
