import { type z } from 'zod';
import { response } from '../define.js';
import { int64, json, text, timestamp } from '../fields.js';

export const RuntimeSummary = response('RuntimeSummary', {
  id: int64(),
  ref: text(),
  pack_ref: text().nullable(),
  description: text().nullable(),
  name: text(),
  created: timestamp(),
  updated: timestamp(),
});
export type RuntimeSummary = z.output<typeof RuntimeSummary>;

/** How actions and sensors of one language are started. */
export const RuntimeResponse = response('RuntimeResponse', {
  id: int64(),
  ref: text(),
  pack: int64().nullable(),
  pack_ref: text().nullable(),
  description: text().nullable(),
  name: text(),
  distributions: json().nullable(),
  installation: json().nullable(),
  execution_config: json().nullable(),
  created: timestamp(),
  updated: timestamp(),
});
export type RuntimeResponse = z.output<typeof RuntimeResponse>;
