import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type RuleSpec } from '../../format/rule.format.js';
import { type PackKey } from '../written.js';

/** A rule as it is stored now, with what its lifecycle messages carry. */
export interface WrittenRule {
  readonly id: number;
  readonly ref: string;
  readonly trigger: number | null;
  readonly trigger_ref: string;
  readonly action_ref: string;
  readonly trigger_params: unknown;
  readonly enabled: boolean;
}

/** Writes the rules of a pack and gives those that are new or changed. `enabled` is an operator's: set for new rows only. */
export function upsertRules(db: EntityManager, pack: PackKey, rows: readonly RuleSpec[]): Promise<WrittenRule[]> {
  return run<WrittenRule>(
    db,
    sql`
    insert into rule (
      ref, pack, pack_ref, label, description, action, action_ref, trigger, trigger_ref, conditions, action_params,
      trigger_params, permission_set_refs, enabled, is_adhoc, owner_identity
    )
    select
      r.ref, ${pack.id}, ${pack.ref}, r.label, r.description, a.id, r.action_ref, t.id, r.trigger_ref, r.conditions,
      r.action_params, r.trigger_params, r.permission_set_refs, r.enabled, false, null
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (
      ref text, label text, description text, action_ref text, trigger_ref text, conditions jsonb, action_params jsonb,
      trigger_params jsonb, permission_set_refs text[], enabled boolean
    )
    left join action as a on a.ref = r.action_ref
    left join trigger as t on t.ref = r.trigger_ref
    on conflict (ref) do update set
      pack = excluded.pack,
      pack_ref = excluded.pack_ref,
      label = excluded.label,
      description = excluded.description,
      action = excluded.action,
      action_ref = excluded.action_ref,
      trigger = excluded.trigger,
      trigger_ref = excluded.trigger_ref,
      conditions = excluded.conditions,
      action_params = excluded.action_params,
      trigger_params = excluded.trigger_params,
      permission_set_refs = excluded.permission_set_refs,
      is_adhoc = excluded.is_adhoc,
      owner_identity = excluded.owner_identity
    where (
      rule.pack, rule.label, rule.description, rule.action, rule.action_ref, rule.trigger, rule.trigger_ref,
      rule.conditions, rule.action_params, rule.trigger_params, rule.permission_set_refs, rule.is_adhoc,
      rule.owner_identity
    ) is distinct from (
      excluded.pack, excluded.label, excluded.description, excluded.action, excluded.action_ref, excluded.trigger,
      excluded.trigger_ref, excluded.conditions, excluded.action_params, excluded.trigger_params,
      excluded.permission_set_refs, excluded.is_adhoc, excluded.owner_identity
    )
    returning
      rule.id, rule.ref, rule.trigger, rule.trigger_ref, rule.action_ref, rule.trigger_params, rule.enabled`,
  );
}
