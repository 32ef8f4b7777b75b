import { type KeyEntity, type KeyOwner, sql } from '@attune/common';
import { type KeyResponse, type KeySummary } from '@attune/contract';
import { type Json } from '@attune/engine';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso } from '../domain/wire.js';

/** A key with its value in plain text; null for who may not decrypt it. */
export interface ReadableKey {
  readonly key: KeyEntity;
  readonly value: Json;
}

export const showKey = ({ key, value }: ReadableKey): KeyResponse => ({
  ...showKeySummary(key),
  owner_identity: key.owner_identity,
  owner_pack: key.owner_pack,
  owner_pack_ref: key.owner_pack_ref,
  owner_action: key.owner_action,
  owner_action_ref: key.owner_action_ref,
  owner_sensor: key.owner_sensor,
  owner_sensor_ref: key.owner_sensor_ref,
  value,
  updated: iso(key.updated),
});

export const showKeySummary = (key: KeyEntity): KeySummary => ({
  id: key.id,
  ref: key.ref,
  owner_type: key.owner_type,
  owner: key.owner,
  name: key.name,
  encrypted: key.encrypted,
  created: iso(key.created),
});

/** A key as grants see it, before it has an id as well. */
export const keyTarget = (
  key: KeyOwner & { readonly id?: number; readonly ref: string; readonly encrypted: boolean },
): Target => ({
  ...(key.id !== undefined && { id: key.id }),
  ref: key.ref,
  owner: key.owner_identity,
  ownerType: key.owner_type,
  ownerRef: key.owner_pack_ref ?? key.owner_action_ref ?? key.owner_sensor_ref,
  encrypted: key.encrypted,
});

/** The same for the rows of `listKeys`. */
export const KEY_COLUMNS: FactColumns = {
  id: sql`k.id`,
  ref: sql`k.ref`,
  owner: sql`k.owner_identity`,
  ownerType: sql`k.owner_type::text`,
  ownerRef: sql`coalesce(k.owner_pack_ref, k.owner_action_ref, k.owner_sensor_ref)`,
  encrypted: sql`k.encrypted`,
};
