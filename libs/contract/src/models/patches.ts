import { type z } from 'zod';
import { patch } from '../define.js';
import { json, text } from '../fields.js';

/** Sets or empties a text. */
export const NullableStringPatch = patch('NullableStringPatch', text());
export type NullableStringPatch = z.output<typeof NullableStringPatch>;

/** Sets or empties a JSON value. */
export const NullableJsonPatch = patch('NullableJsonPatch', json());
export type NullableJsonPatch = z.output<typeof NullableJsonPatch>;
