import { type z } from 'zod';
import { enumeration, response } from '../define.js';
import { int64, json, text, timestamp } from '../fields.js';

/** `created`, then `processed` (an execution was made) or `disabled` (rule, trigger or action gone or off). */
export const EnforcementStatus = enumeration('EnforcementStatus', ['created', 'processed', 'disabled']);
export type EnforcementStatus = z.output<typeof EnforcementStatus>;

export const EnforcementCondition = enumeration('EnforcementCondition', ['any', 'all']);
export type EnforcementCondition = z.output<typeof EnforcementCondition>;

export const EnforcementSummary = response('EnforcementSummary', {
  id: int64(),
  rule: int64().nullable(),
  rule_ref: text(),
  trigger_ref: text(),
  event: int64().nullable(),
  status: EnforcementStatus,
  condition: EnforcementCondition,
  created: timestamp(),
});
export type EnforcementSummary = z.output<typeof EnforcementSummary>;

/** A rule that matched an event, with the parameters it made. */
export const EnforcementResponse = response('EnforcementResponse', {
  id: int64(),
  rule: int64().nullable(),
  rule_ref: text(),
  trigger_ref: text(),
  /** The rendered parameters; secret ones are redacted. */
  config: json().nullable(),
  event: int64().nullable(),
  status: EnforcementStatus,
  payload: json().nullable(),
  condition: EnforcementCondition,
  conditions: json().nullable(),
  created: timestamp(),
  resolved_at: timestamp().nullable(),
});
export type EnforcementResponse = z.output<typeof EnforcementResponse>;
