import { z } from 'zod';

/** Values that several kinds of files share. */

export const text = z.string().min(1);
export const textList = z.array(text);
export const freeMap = z.record(z.string(), z.unknown());
export const stringMap = z.record(z.string(), z.string());
export const positive = z.int().min(1);

/** `>=3.11,<3.13`: comparisons joined by commas; a bare version means `~`. */
export const versionConstraint = z
  .string()
  .regex(
    /^\s*(=|>=|<=|>|<|~|\^)?\s*\d+(\.\d+){0,2}\s*(,\s*(=|>=|<=|>|<|~|\^)?\s*\d+(\.\d+){0,2}\s*)*$/,
    'must be a version constraint such as >=3.11,<3.13',
  );

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
