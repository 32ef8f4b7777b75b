import { isRef } from '@attune/engine';
import { z } from 'zod';
import { type ComponentFormat } from './component-format.js';
import { freeMap, positive, text, textList } from './fields.js';
import { flatSchema } from './flat-schema.js';

const count = z.int().min(0);
const digits = z.string().regex(/^[1-9]\d*$/, 'must be a positive whole number');
const positiveValue = z.union([positive, digits], 'must be a positive whole number');

/** A number that stands in the file, in the configuration of the pack or in a stored key. */
const tunable = z.discriminatedUnion(
  'source',
  [
    z.strictObject({ source: z.literal('literal'), value: positiveValue }),
    z.strictObject({ source: z.literal('pack_config'), path: text, fallback: positiveValue.optional() }),
    z.strictObject({ source: z.literal('keystore'), key_ref: text, fallback: positiveValue.optional() }),
  ],
  'must be a map whose source is literal, pack_config or keystore',
);

const coalescing = z
  .strictObject({
    enabled: z.boolean().default(false),
    group_by_path: text.optional(),
    across_priorities: z.boolean().default(false),
  })
  .refine(({ enabled, group_by_path: path }) => !enabled || path !== undefined, {
    path: ['group_by_path'],
    error: 'is required when coalescing is enabled',
  });

const shape = {
  ref: text,
  label: text,
  description: z.string().optional(),
  enabled: z.boolean().default(true),
  accepting_new_items: z.boolean().default(true),
  dispatch_action: text.refine((ref) => isRef('action', ref), 'must be a complete action ref such as demo.send'),
  default_priority: z.int().default(0),
  allow_pending_update: z.boolean().default(false),
  update_strategy: z.enum(['immutable', 'replace', 'merge_patch']).default('replace'),
  batch_mode: z.enum(['single', 'batch']).default('single'),
  item_schema: flatSchema.default({}),
  action_params: freeMap.default({}),
  permission_set_refs: z.union([text, textList], 'must be a permission set ref or a list of them').optional(),
  config: z
    .strictObject({
      dispatch: z
        .strictObject({
          concurrency: tunable.optional(),
          batch_size: tunable.optional(),
          retry_limit: count.default(0),
          inter_execution_delay_seconds: count.default(0),
          coalescing: coalescing.optional(),
        })
        .optional(),
      ack_contract: z.strictObject({ version: positive.default(1) }).optional(),
    })
    .optional(),
};

const file = z
  .strictObject(shape)
  .refine((raw) => raw.batch_mode === 'batch' || raw.config?.dispatch?.coalescing?.enabled !== true, {
    path: ['config', 'dispatch', 'coalescing'],
    error: 'takes batch_mode: batch',
  });

/** Work queues: read and checked, so that a mistake is told now; nothing keeps them yet. */
export const queueFormat: ComponentFormat<typeof shape, { readonly ref: string }> = {
  type: 'queue',
  file,
  rejectsUnknown: true,
  build: (_raw, ref) => ({ ref }),
};
