import { z } from 'zod';

const command = z.object({
  binary: z.string().min(1),
  args: z.array(z.string()).default([]),
  exit_code: z.number().int().default(0),
  /** Linear-time regular expression over stdout and stderr together. */
  pattern: z.string().nullish(),
  /** Tried in ascending order. */
  priority: z.number().default(999),
});

const distributions = z.object({
  verification: z
    .object({
      commands: z.array(command).default([]),
      always_available: z.boolean().default(false),
      check_required: z.boolean().default(true),
    })
    .prefault({}),
});

/** How to find out whether a machine has a runtime; runtimes/*.yaml `distributions.verification`. */
export type Verification = z.output<typeof distributions>['verification'];
export type VerificationCommand = z.output<typeof command>;

/** @throws z.ZodError when the stored value has another shape */
export function parseVerification(stored: unknown): Verification {
  return distributions.parse(stored ?? {}).verification;
}
