import { type JsonObject, labelOf } from '@attune/engine';
import { z } from 'zod';
import { type ComponentFormat } from './component-format.js';
import { freeMap, text, textList } from './fields.js';

/** A row of the table `runtime_version`. */
export interface RuntimeVersionSpec {
  readonly version: string;
  readonly is_default: boolean;
  readonly execution_config: object;
  readonly distributions: object;
  readonly meta: JsonObject;
}

/** A row of the table `runtime` with its versions. */
export interface RuntimeSpec {
  readonly ref: string;
  readonly name: string;
  /** Lower case. */
  readonly aliases: readonly string[];
  readonly description: string | null;
  readonly distributions: object;
  readonly installation: JsonObject;
  readonly execution_config: object;
  readonly versions: readonly RuntimeVersionSpec[];
}

const command = z.looseObject({
  binary: text,
  args: z.array(z.string()).optional(),
  exit_code: z.int().optional(),
  pattern: z.string().optional(),
  priority: z.int().optional(),
  optional: z.boolean().optional(),
});

const distributions = z.looseObject({
  verification: z
    .looseObject({
      commands: z.array(command).optional(),
      always_available: z.boolean().optional(),
      check_required: z.boolean().optional(),
    })
    .optional(),
  min_version: z.string().optional(),
  recommended_version: z.string().optional(),
});

const environmentVariable = z.union(
  [
    z.string(),
    z.strictObject({
      value: z.string(),
      operation: z.enum(['set', 'prepend', 'append']).optional(),
      separator: z.string().optional(),
    }),
  ],
  'must be text, or a map of value, operation (set, prepend or append) and separator',
);

/** Loose: what is not known here is stored as it is, for the worker that may know it. */
const executionConfig = z.looseObject({
  interpreter: z
    .looseObject({ binary: text, args: z.array(z.string()).optional(), file_extension: z.string().optional() })
    .optional(),
  inline_execution: z
    .looseObject({
      strategy: z.enum(['direct', 'temp_file']).optional(),
      extension: z.string().optional(),
      inject_shell_helpers: z.boolean().optional(),
    })
    .optional(),
  environment: z
    .looseObject({
      env_type: text.optional(),
      dir_name: text.optional(),
      create_command: textList.optional(),
      interpreter_path: z.string().optional(),
    })
    .optional(),
  dependencies: z.looseObject({ manifest_file: text, install_command: textList.optional() }).optional(),
  env_vars: z.record(z.string(), environmentVariable).optional(),
});

const version = z.strictObject({
  version: text,
  is_default: z.boolean().default(false),
  execution_config: executionConfig.default({}),
  distributions: distributions.default({}),
  meta: freeMap.default({}),
});

const versions = z.array(version).superRefine((list, context) => {
  list.forEach((one, index) => {
    const fail = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [index, key], message, input: one });
    const earlier = list.slice(0, index);
    if (earlier.some((other) => other.version === one.version))
      fail('version', `version ${one.version} is there twice`);
    if (one.is_default && earlier.some((other) => other.is_default))
      fail('is_default', 'only one version can be the default');
  });
});

const shape = {
  ref: text,
  name: text.optional(),
  label: text.optional(),
  aliases: textList.default([]),
  description: z.string().optional(),
  distributions: distributions.default({}),
  installation: freeMap.default({}),
  execution_config: executionConfig.default({}),
  versions: versions.default([]),
};

export const runtimeFormat: ComponentFormat<typeof shape, RuntimeSpec> = {
  type: 'runtime',
  file: z.object(shape),
  build: (raw, ref) => ({
    ref,
    name: raw.name ?? raw.label ?? labelOf(ref),
    aliases: [...new Set(raw.aliases.map((alias) => alias.toLowerCase()))],
    description: raw.description ?? null,
    distributions: raw.distributions,
    installation: raw.installation,
    execution_config: raw.execution_config,
    versions: raw.versions,
  }),
};
