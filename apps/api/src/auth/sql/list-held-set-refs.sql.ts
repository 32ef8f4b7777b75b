import { type Database, run, sql } from '@attune/common';

/** Refs of the permission sets an identity holds, directly or through a role, sorted. */
export async function listHeldSetRefs(db: Database, identityId: number): Promise<string[]> {
  const rows = await run<{ ref: string }>(
    db,
    sql`
    select p.ref
    from permission_set as p
    where p.id in (
      select a.permission_set_id
      from permission_assignment as a
      where a.identity_id = ${identityId}
      union all
      select s.permission_set_id
      from identity_role_assignment as r
      join permission_set_role_assignment as s on s.role = r.role
      where r.identity_id = ${identityId}
    )
    order by p.ref`,
  );
  return rows.map((row) => row.ref);
}
