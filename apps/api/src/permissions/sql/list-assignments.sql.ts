import { type Database, run, sql } from '@attune/common';

export interface Assignment {
  readonly id: number;
  readonly identity_id: number;
  readonly permission_set_id: number;
  readonly permission_set_ref: string;
  readonly created: Date;
}

/** Permission sets assigned to an identity directly, by ref. */
export function listAssignments(db: Database, identityId: number): Promise<Assignment[]> {
  return run<Assignment>(
    db,
    sql`
    select a.id, a.identity_id, a.permission_set_id, p.ref as permission_set_ref, a.created
    from permission_assignment as a
    join permission_set as p on p.id = a.permission_set_id
    where a.identity_id = ${identityId}
    order by p.ref`,
  );
}
