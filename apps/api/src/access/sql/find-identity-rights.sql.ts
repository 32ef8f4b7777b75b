import { type Database, run, sql } from '@attune/common';

export interface IdentityRights {
  readonly frozen: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Grants of all its sets in one list. */
  readonly grants: unknown;
}

/** Identities by id, with the grants of the sets each holds directly or through its roles. Those that are missing do not exist. */
export async function findIdentityRights(db: Database, ids: readonly number[]): Promise<Map<number, IdentityRights>> {
  const rows = await run<IdentityRights & { readonly id: number }>(
    db,
    sql`
    select i.id, i.frozen, i.attributes, coalesce(held.grants, '[]') as grants
    from identity as i
    cross join lateral (
      select jsonb_agg(g.value) as grants
      from permission_set as p
      cross join lateral jsonb_array_elements(p.grants) as g
      where p.id in (
        select a.permission_set_id
        from permission_assignment as a
        where a.identity_id = i.id
        union all
        select s.permission_set_id
        from identity_role_assignment as r
        join permission_set_role_assignment as s on s.role = r.role
        where r.identity_id = i.id
      )
    ) as held
    where i.id = any(${ids}::bigint[])`.prepared(),
  );
  return new Map(rows.map(({ id, ...rights }) => [id, rights]));
}
