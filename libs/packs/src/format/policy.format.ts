import { type JsonObject, labelOf, QUOTA_PERIODS } from '@attune/engine';
import { z } from 'zod';
import { type ComponentFormat } from './component-format.js';
import { positive, text, textList } from './fields.js';

/** A row of the table `policy`. Without `scope_pack_ref` and `action_ref` it limits everything. */
export interface PolicySpec {
  readonly ref: string;
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly scope_pack_ref: string | null;
  readonly action_ref: string | null;
  readonly method: 'enqueue' | 'cancel';
  readonly threshold: number;
  readonly parameters: readonly string[];
  readonly queue_timeout_seconds: number | null;
  readonly rate: JsonObject | null;
  readonly quota: JsonObject | null;
}

const shape = {
  ref: text,
  name: text.optional(),
  description: z.string().optional(),
  tags: textList.default([]),
  pack: text.optional(),
  action: text.optional(),
  method: z.enum(['enqueue', 'cancel']).default('enqueue'),
  threshold: positive,
  parameters: textList.default([]),
  queue_timeout: positive.optional(),
  rate: z.strictObject({ max: positive, window_seconds: positive }).optional(),
  quota: z.strictObject({ max: positive, period: z.enum(QUOTA_PERIODS) }).optional(),
};

const file = z.object(shape).refine((raw) => raw.pack === undefined || raw.action === undefined, {
  path: ['action'],
  error: 'a policy limits either a pack or an action, not both',
});

export const policyFormat: ComponentFormat<typeof shape, PolicySpec> = {
  type: 'policy',
  file,
  build: (raw, ref) => ({
    ref,
    name: raw.name ?? labelOf(ref),
    description: raw.description ?? null,
    tags: raw.tags,
    scope_pack_ref: raw.pack ?? null,
    action_ref: raw.action ?? null,
    method: raw.method,
    threshold: raw.threshold,
    parameters: raw.parameters,
    queue_timeout_seconds: raw.queue_timeout ?? null,
    rate: raw.rate ?? null,
    quota: raw.quota ?? null,
  }),
};
