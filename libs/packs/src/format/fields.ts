import { type JsonObject, versionConstraintProblem } from '@attune/engine';
import { z } from 'zod';

/** Values that several kinds of files share. */

export const text = z.string().min(1);
export const textList = z.array(text);
/** A map of whatever JSON can hold; YAML gives nothing else. */
export const freeMap = z.record(z.string(), z.unknown()).transform((map) => map as JsonObject);
export const stringMap = z.record(z.string(), z.string());
export const positive = z.int().min(1);

/** `>=3.11,<3.13`; `*` and nothing mean any version. */
export const versionConstraint = z.string().superRefine((constraint, context) => {
  const message = versionConstraintProblem(constraint);
  if (message !== null) context.addIssue({ code: 'custom', message, input: constraint });
});

/** `3.9`: the lowest version that will do. */
export const minimumVersion = z.string().regex(/^\d+(\.\d+){0,2}$/, "must be a version such as '3.9'");

export const retentionPolicy = z.enum(['versions', 'days', 'hours', 'minutes']);

const term = z.strictObject({
  match_labels: stringMap.optional(),
  match_expressions: z
    .array(
      z.strictObject({
        key: text,
        operator: z.enum(['in', 'not_in', 'exists', 'does_not_exist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

/** On which workers something may run; see the placement rules of executions. Empty = anywhere. */
export const placementFields = {
  worker_selector: stringMap.default({}),
  worker_tolerations: z
    .array(
      z.strictObject({
        key: z.string().optional(),
        operator: z.enum(['equal', 'exists']).default('equal'),
        value: z.string().optional(),
        effect: z.enum(['no_schedule', 'prefer_no_schedule']).optional(),
      }),
    )
    .default([]),
  worker_affinity: z
    .strictObject({
      required: z.array(term).optional(),
      preferred: z.array(z.strictObject({ weight: z.int().min(1).max(100).default(1), preference: term })).optional(),
      anti_affinity: z.array(term).optional(),
    })
    .default({}),
};
