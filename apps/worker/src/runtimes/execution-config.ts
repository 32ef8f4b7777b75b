import { z } from 'zod';

const texts = z.array(z.string()).default([]);

const environmentVariable = z.union([
  z.string().transform((value) => ({ value, operation: 'set' as const, separator: ':' })),
  z.object({
    value: z.string(),
    operation: z.enum(['set', 'prepend', 'append']).default('set'),
    separator: z.string().default(':'),
  }),
]);

const executionConfig = z.object({
  /** Without a binary the entry point is executed itself. */
  interpreter: z
    .object({ binary: z.string().default(''), args: texts, file_extension: z.string().nullish() })
    .prefault({}),
  inline_execution: z
    .object({ extension: z.string().nullish(), inject_shell_helpers: z.boolean().default(false) })
    .prefault({}),
  /** The interpreter inside an environment built for one pack, such as a virtualenv. */
  environment: z.object({ interpreter_path: z.string().nullish() }).nullish(),
  dependencies: z.object({ manifest_file: z.string().nullish() }).nullish(),
  env_vars: z.record(z.string(), environmentVariable).default({}),
});

/** How actions of a runtime are started; runtimes/*.yaml `execution_config`. Unknown keys are ignored. */
export type ExecutionConfig = z.output<typeof executionConfig>;

export type EnvironmentVariable = ExecutionConfig['env_vars'][string];

/** Executes the entry point itself. */
export const NATIVE_EXECUTION: ExecutionConfig = executionConfig.parse({});

/** @throws z.ZodError when the stored configuration has another shape */
export function parseExecutionConfig(stored: unknown): ExecutionConfig {
  return executionConfig.parse(stored ?? {});
}
