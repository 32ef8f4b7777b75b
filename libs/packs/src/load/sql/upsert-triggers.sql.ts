import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type TriggerSpec } from '../../format/trigger.format.js';
import { type PackKey, type Written } from '../written.js';

/**
 * Writes the triggers of a pack and gives those that are new or changed. The webhook of a trigger, its sensor, and
 * whether it is enabled are an operator's: they are set for new rows only.
 */
export function upsertTriggers(db: EntityManager, pack: PackKey, rows: readonly TriggerSpec[]): Promise<Written[]> {
  return run<Written>(
    db,
    sql`
    insert into trigger (ref, pack, pack_ref, label, description, enabled, param_schema, out_schema, is_adhoc)
    select r.ref, ${pack.id}, ${pack.ref}, r.label, r.description, r.enabled, r.param_schema, r.out_schema, false
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (
      ref text, label text, description text, enabled boolean, param_schema jsonb, out_schema jsonb
    )
    on conflict (ref) do update set
      pack = excluded.pack,
      pack_ref = excluded.pack_ref,
      label = excluded.label,
      description = excluded.description,
      param_schema = excluded.param_schema,
      out_schema = excluded.out_schema,
      is_adhoc = excluded.is_adhoc
    where (
      trigger.pack, trigger.label, trigger.description, trigger.param_schema, trigger.out_schema, trigger.is_adhoc
    ) is distinct from (
      excluded.pack, excluded.label, excluded.description, excluded.param_schema, excluded.out_schema,
      excluded.is_adhoc
    )
    returning trigger.id, trigger.ref`,
  );
}
