import { type z } from 'zod';
import { patch, request, response } from '../define.js';
import { bool, int64, json, omittable, optional, shortText, text, timestamp } from '../fields.js';

export const TriggerSummary = response('TriggerSummary', {
  id: int64(),
  ref: text(),
  pack_ref: text().nullable(),
  label: text(),
  description: text().nullable(),
  enabled: bool(),
  webhook_enabled: bool(),
  created: timestamp(),
  updated: timestamp(),
});
export type TriggerSummary = z.output<typeof TriggerSummary>;

/** `webhook_key` is part of a URL that needs no login; treat it as a secret. */
export const TriggerResponse = response('TriggerResponse', {
  id: int64(),
  ref: text(),
  pack: int64().nullable(),
  pack_ref: text().nullable(),
  label: text(),
  description: text().nullable(),
  enabled: bool(),
  param_schema: json().nullable(),
  out_schema: json().nullable(),
  webhook_enabled: bool(),
  webhook_key: omittable(text()),
  is_adhoc: bool(),
  sensor: omittable(int64()),
  sensor_ref: omittable(text()),
  created: timestamp(),
  updated: timestamp(),
});
export type TriggerResponse = z.output<typeof TriggerResponse>;

export const CreateTriggerRequest = request('CreateTriggerRequest', {
  ref: shortText(),
  pack_ref: optional(shortText()),
  label: shortText(),
  description: optional(text()),
  param_schema: optional(json()),
  out_schema: optional(json()),
  enabled: bool().default(true),
});
export type CreateTriggerRequest = z.output<typeof CreateTriggerRequest>;

/** Sets or empties a text. */
export const TriggerStringPatch = patch('TriggerStringPatch', text());
export type TriggerStringPatch = z.output<typeof TriggerStringPatch>;

/** Sets or empties a schema. */
export const TriggerJsonPatch = patch('TriggerJsonPatch', json());
export type TriggerJsonPatch = z.output<typeof TriggerJsonPatch>;

/** Absent and null keep what is stored. */
export const UpdateTriggerRequest = request('UpdateTriggerRequest', {
  label: optional(shortText()),
  description: optional(TriggerStringPatch),
  param_schema: optional(TriggerJsonPatch),
  out_schema: optional(TriggerJsonPatch),
  enabled: optional(bool()),
});
export type UpdateTriggerRequest = z.output<typeof UpdateTriggerRequest>;
