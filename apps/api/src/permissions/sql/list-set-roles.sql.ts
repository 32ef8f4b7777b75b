import { type Database, run, sql } from '@attune/common';

/** A permission set that everybody with a role has. */
export interface SetRole {
  readonly id: number;
  readonly permission_set_id: number;
  readonly permission_set_ref: string;
  readonly role: string;
  readonly created: Date;
}

/** The roles that permission sets are bound to, by name. */
export function listSetRoles(db: Database, setIds: readonly number[]): Promise<SetRole[]> {
  return run<SetRole>(
    db,
    sql`
    select r.id, r.permission_set_id, p.ref as permission_set_ref, r.role, r.created
    from permission_set_role_assignment as r
    join permission_set as p on p.id = r.permission_set_id
    where r.permission_set_id = any(${setIds}::bigint[])
    order by r.role`,
  );
}
