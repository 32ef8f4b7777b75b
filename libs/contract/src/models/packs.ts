import { type z } from 'zod';
import { patch, request, response } from '../define.js';
import { bool, int64, json, list, optional, orDefault, shortText, text, timestamp } from '../fields.js';

export const PackSummary = response('PackSummary', {
  id: int64(),
  ref: text(),
  label: text(),
  description: text().nullable(),
  version: text(),
  tags: list(text()),
  is_standard: bool(),
  created: timestamp(),
  updated: timestamp(),
});
export type PackSummary = z.output<typeof PackSummary>;

/** A pack with its schemas and configuration. */
export const PackResponse = response('PackResponse', {
  id: int64(),
  ref: text(),
  label: text(),
  description: text().nullable(),
  version: text(),
  conf_schema: json().nullable(),
  config: json().nullable(),
  meta: json().nullable(),
  tags: list(text()),
  runtime_deps: list(text()),
  dependencies: list(text()),
  is_standard: bool(),
  created: timestamp(),
  updated: timestamp(),
});
export type PackResponse = z.output<typeof PackResponse>;

export const CreatePackRequest = request('CreatePackRequest', {
  ref: shortText(),
  label: shortText(),
  description: optional(text()),
  version: text({ min: 1, max: 50 }),
  conf_schema: orDefault(json(), {}),
  config: orDefault(json(), {}),
  meta: orDefault(json(), {}),
  tags: list(text()).default([]),
  runtime_deps: list(text()).default([]),
  dependencies: list(text()).default([]),
  is_standard: bool().default(false),
});
export type CreatePackRequest = z.output<typeof CreatePackRequest>;

/** Sets or empties the description. */
export const PackDescriptionPatch = patch('PackDescriptionPatch', text());
export type PackDescriptionPatch = z.output<typeof PackDescriptionPatch>;

/** Absent and null keep what is stored. */
export const UpdatePackRequest = request('UpdatePackRequest', {
  label: optional(shortText()),
  description: optional(PackDescriptionPatch),
  version: optional(text({ min: 1, max: 50 })),
  conf_schema: optional(json()),
  config: optional(json()),
  meta: optional(json()),
  tags: optional(list(text())),
  runtime_deps: optional(list(text())),
  dependencies: optional(list(text())),
  is_standard: optional(bool()),
});
export type UpdatePackRequest = z.output<typeof UpdatePackRequest>;
