import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type PermissionSetSpec } from '../../format/permission-set.format.js';
import { type PackKey, type Written } from '../written.js';

/** Writes the permission sets of a pack and gives those that are new or changed. One that an operator changed (`is_adhoc`) stays as it is. */
export function upsertPermissionSets(
  db: EntityManager,
  pack: PackKey,
  rows: readonly PermissionSetSpec[],
): Promise<Written[]> {
  return run<Written>(
    db,
    sql`
    insert into permission_set (ref, pack, pack_ref, label, description, grants, is_adhoc)
    select r.ref, ${pack.id}, ${pack.ref}, r.label, r.description, r.grants, false
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (ref text, label text, description text, grants jsonb)
    on conflict (ref) do update set
      pack = excluded.pack,
      pack_ref = excluded.pack_ref,
      label = excluded.label,
      description = excluded.description,
      grants = excluded.grants
    where not permission_set.is_adhoc and (
      permission_set.pack, permission_set.label, permission_set.description, permission_set.grants
    ) is distinct from (excluded.pack, excluded.label, excluded.description, excluded.grants)
    returning permission_set.id, permission_set.ref`,
  );
}
