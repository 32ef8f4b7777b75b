import { z } from 'zod';
import { enumeration, response } from '../define.js';
import { int64, json, list, text, timestamp } from '../fields.js';

/** What has a history. */
export const HistoryEntityType = enumeration('HistoryEntityType', ['execution', 'worker']);
export type HistoryEntityType = z.output<typeof HistoryEntityType>;

/** One recorded change: the fields that changed, with their values before and after. */
export const HistoryRecordResponse = response('HistoryRecordResponse', {
  time: timestamp(),
  operation: z.enum(['INSERT', 'UPDATE', 'DELETE']),
  entity_id: int64(),
  entity_ref: text().nullable(),
  changed_fields: list(text()),
  old_values: json().nullable(),
  new_values: json().nullable(),
});
export type HistoryRecordResponse = z.output<typeof HistoryRecordResponse>;

/** Stands for a value that is too large to be kept with every change. `size` in bytes. */
export const HistoryValueDigest = response('HistoryValueDigest', {
  digest: text(),
  size: int64(),
  type: z.enum(['object', 'array', 'string', 'number', 'boolean', 'null']),
});
export type HistoryValueDigest = z.output<typeof HistoryValueDigest>;
