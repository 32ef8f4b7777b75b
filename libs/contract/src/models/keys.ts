import { type z } from 'zod';
import { request, response } from '../define.js';
import { bool, int64, json, optional, shortText, text, timestamp } from '../fields.js';
import { OwnerType } from './permissions.js';

export const KeySummary = response('KeySummary', {
  id: int64(),
  ref: text(),
  owner_type: OwnerType,
  owner: text().nullable(),
  name: text(),
  encrypted: bool(),
  created: timestamp(),
});
export type KeySummary = z.output<typeof KeySummary>;

/** `value` of an encrypted key is null for callers who may not decrypt. */
export const KeyResponse = response('KeyResponse', {
  id: int64(),
  ref: text(),
  owner_type: OwnerType,
  owner: text().nullable(),
  owner_identity: int64().nullable(),
  owner_pack: int64().nullable(),
  owner_pack_ref: text().nullable(),
  owner_action: int64().nullable(),
  owner_action_ref: text().nullable(),
  owner_sensor: int64().nullable(),
  owner_sensor_ref: text().nullable(),
  name: text(),
  encrypted: bool(),
  value: json().nullable(),
  created: timestamp(),
  updated: timestamp(),
});
export type KeyResponse = z.output<typeof KeyResponse>;

/** One owner id or ref of the owner type; none for `system`. */
export const CreateKeyRequest = request('CreateKeyRequest', {
  ref: shortText(),
  owner_type: OwnerType,
  owner: optional(text({ max: 255 })),
  owner_identity: optional(int64()),
  owner_pack: optional(int64()),
  owner_pack_ref: optional(text({ max: 255 })),
  owner_action: optional(int64()),
  owner_action_ref: optional(text({ max: 255 })),
  owner_sensor: optional(int64()),
  owner_sensor_ref: optional(text({ max: 255 })),
  name: shortText(),
  value: json().nullable(),
  encrypted: bool().default(false),
});
export type CreateKeyRequest = z.output<typeof CreateKeyRequest>;

/** Absent and null keep what is stored. */
export const UpdateKeyRequest = request('UpdateKeyRequest', {
  name: optional(shortText()),
  value: optional(json()),
  encrypted: optional(bool()),
});
export type UpdateKeyRequest = z.output<typeof UpdateKeyRequest>;
