import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type PolicySpec } from '../../format/policy.format.js';
import { type PackKey, type Written } from '../written.js';

/** Writes the policies of a pack and gives those that are new or changed. */
export function upsertPolicies(db: EntityManager, pack: PackKey, rows: readonly PolicySpec[]): Promise<Written[]> {
  return run<Written>(
    db,
    sql`
    insert into policy (
      ref, pack, pack_ref, name, description, tags, scope_pack_ref, action, action_ref, method, threshold, parameters,
      queue_timeout_seconds, rate, quota, is_adhoc
    )
    select
      r.ref, ${pack.id}, ${pack.ref}, r.name, r.description, r.tags, r.scope_pack_ref, a.id, r.action_ref, r.method,
      r.threshold, r.parameters, r.queue_timeout_seconds, r.rate, r.quota, false
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (
      ref text, name text, description text, tags text[], scope_pack_ref text, action_ref text, method policy_method,
      threshold integer, parameters text[], queue_timeout_seconds integer, rate jsonb, quota jsonb
    )
    left join action as a on a.ref = r.action_ref
    on conflict (ref) do update set
      pack = excluded.pack,
      pack_ref = excluded.pack_ref,
      name = excluded.name,
      description = excluded.description,
      tags = excluded.tags,
      scope_pack_ref = excluded.scope_pack_ref,
      action = excluded.action,
      action_ref = excluded.action_ref,
      method = excluded.method,
      threshold = excluded.threshold,
      parameters = excluded.parameters,
      queue_timeout_seconds = excluded.queue_timeout_seconds,
      rate = excluded.rate,
      quota = excluded.quota,
      is_adhoc = excluded.is_adhoc
    where (
      policy.pack, policy.name, policy.description, policy.tags, policy.scope_pack_ref, policy.action,
      policy.action_ref, policy.method, policy.threshold, policy.parameters, policy.queue_timeout_seconds, policy.rate,
      policy.quota, policy.is_adhoc
    ) is distinct from (
      excluded.pack, excluded.name, excluded.description, excluded.tags, excluded.scope_pack_ref, excluded.action,
      excluded.action_ref, excluded.method, excluded.threshold, excluded.parameters, excluded.queue_timeout_seconds,
      excluded.rate, excluded.quota, excluded.is_adhoc
    )
    returning policy.id, policy.ref`,
  );
}
