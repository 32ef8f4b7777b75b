import { z } from 'zod';
import { positive, text } from './fields.js';

/** A path that cannot leave the pack. */
const packPath = text.refine(
  (path) =>
    !path.startsWith('/') && !path.startsWith('-') && !path.split(/[/\\]/).includes('..') && !path.includes('\0'),
  { error: 'must be a path inside the pack' },
);

/** No test of a pack is waited for longer (s). */
const MAX_TIMEOUT_SECONDS = 3_600;

const runner = z
  .strictObject({
    type: z.enum(['script', 'unittest', 'pytest']),
    entry_point: packPath,
    timeout: positive.max(MAX_TIMEOUT_SECONDS).default(300),
    result_format: z.enum(['simple', 'json']).default('simple'),
  })
  .transform((raw) => ({
    type: raw.type,
    entryPoint: raw.entry_point,
    timeoutSeconds: raw.timeout,
    resultFormat: raw.result_format,
  }));

/** One way in which tests of a pack are run. */
export type TestRunnerSpec = z.output<typeof runner>;

/** The section `testing` of a manifest. */
export const testing = z
  .strictObject({
    enabled: z.boolean().default(false),
    discovery: z.strictObject({ method: text.optional(), path: packPath.optional() }).optional(),
    runners: z.record(text, runner).default({}),
    result_path: packPath.optional(),
    min_pass_rate: z.number().min(0).max(1).default(1),
    on_failure: z.enum(['block', 'warn']).default('block'),
  })
  .transform((raw) => ({
    enabled: raw.enabled,
    runners: raw.runners,
    minPassRate: raw.min_pass_rate,
    onFailure: raw.on_failure,
  }));

export type TestingSpec = z.output<typeof testing>;
