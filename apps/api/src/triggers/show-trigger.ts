import { sql, type TriggerEntity } from '@attune/common';
import { type TriggerResponse, type TriggerSummary } from '@attune/contract';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso, unlessNull } from '../domain/wire.js';

export const showTrigger = (trigger: TriggerEntity): TriggerResponse => ({
  ...showTriggerSummary(trigger),
  pack: trigger.pack,
  param_schema: trigger.param_schema,
  out_schema: trigger.out_schema,
  webhook_key: unlessNull(trigger.webhook_key),
  is_adhoc: trigger.is_adhoc,
  sensor: unlessNull(trigger.sensor),
  sensor_ref: unlessNull(trigger.sensor_ref),
});

export const showTriggerSummary = (trigger: TriggerEntity): TriggerSummary => ({
  id: trigger.id,
  ref: trigger.ref,
  pack_ref: trigger.pack_ref,
  label: trigger.label,
  description: trigger.description,
  enabled: trigger.enabled,
  webhook_enabled: trigger.webhook_enabled,
  created: iso(trigger.created),
  updated: iso(trigger.updated),
});

export const triggerTarget = ({ id, ref, pack_ref: packRef }: TriggerEntity): Target => ({ id, ref, packRef });

/** The same for the rows of `listTriggers`. */
export const TRIGGER_COLUMNS: FactColumns = { id: sql`t.id`, ref: sql`t.ref`, packRef: sql`t.pack_ref` };
