import { labelOf } from '@attune/engine';
import { z } from 'zod';
import { type ComponentFormat } from './component-format.js';
import { text, textList } from './fields.js';
import { type FlatSchema, flatSchema } from './flat-schema.js';

/** A row of the table `trigger`, without its webhook: that is set over the API. */
export interface TriggerSpec {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  /** Initial value: an operator may switch a trigger off, and a reload leaves it off. */
  readonly enabled: boolean;
  readonly param_schema: FlatSchema;
  readonly out_schema: FlatSchema;
}

const shape = {
  ref: text,
  name: text.optional(),
  label: text.optional(),
  description: z.string().optional(),
  enabled: z.boolean().default(true),
  parameters: flatSchema.default({}),
  output: flatSchema.default({}),
  type: z.string().optional(),
  tags: textList.optional(),
  examples: z.unknown().optional(),
};

export const triggerFormat: ComponentFormat<typeof shape, TriggerSpec> = {
  type: 'trigger',
  file: z.object(shape),
  build: (raw, ref) => ({
    ref,
    label: raw.label ?? labelOf(raw.name ?? ref),
    description: raw.description ?? null,
    enabled: raw.enabled,
    param_schema: raw.parameters,
    out_schema: raw.output,
  }),
};
