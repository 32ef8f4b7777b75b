import { z } from 'zod';
import { response, shared } from '../define.js';
import { bool, int32 } from '../fields.js';

/** One parameter of a flat schema; any keyword of JSON Schema may stand beside these. */
export const FlatSchemaProperty = shared(
  'FlatSchemaProperty',
  {
    type: z.enum(['string', 'integer', 'number', 'boolean', 'array', 'object']).nullish(),
    required: bool().default(false),
    secret: bool().default(false),
    position: int32().nullish(),
  },
  { open: true },
);
export type FlatSchemaProperty = z.output<typeof FlatSchemaProperty>;

/** Stands where a secret value is not shown. */
export const RedactedSecret = response('RedactedSecret', {
  $attune_secret: z.literal(true),
  redacted: z.literal(true),
});
export type RedactedSecret = z.output<typeof RedactedSecret>;
