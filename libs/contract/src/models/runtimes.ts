import { type z } from 'zod';
import { request, response } from '../define.js';
import { int64, json, optional, orDefault, shortText, text, timestamp } from '../fields.js';
import { NullableJsonPatch, NullableStringPatch } from './patches.js';

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

export const CreateRuntimeRequest = request('CreateRuntimeRequest', {
  ref: shortText(),
  pack_ref: optional(shortText()),
  description: optional(text({ min: 1 })),
  name: shortText(),
  distributions: orDefault(json(), null),
  installation: optional(json()),
  execution_config: orDefault(json(), null),
});
export type CreateRuntimeRequest = z.output<typeof CreateRuntimeRequest>;

export const UpdateRuntimeRequest = request('UpdateRuntimeRequest', {
  description: optional(NullableStringPatch),
  name: optional(shortText()),
  distributions: optional(json()),
  installation: optional(NullableJsonPatch),
  execution_config: optional(json()),
});
export type UpdateRuntimeRequest = z.output<typeof UpdateRuntimeRequest>;
