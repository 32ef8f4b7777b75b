import { type JsonObject } from '@attune/engine';
import { In } from 'typeorm';
import { type Database, execute, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { PermissionSetEntity } from '../entities/permission-set.entity.js';

/** The permission sets that exist among these refs, in no order: what an execution token may do. */
export const findPermissionSets = (db: Database, refs: readonly string[]): Promise<PermissionSetEntity[]> =>
  refs.length === 0 ? Promise.resolve([]) : db.getRepository(PermissionSetEntity).findBy({ ref: In([...refs]) });

/** All permission sets by ref: there are as many as an administrator can keep in mind. */
export const listPermissionSets = (db: Database): Promise<PermissionSetEntity[]> =>
  db.getRepository(PermissionSetEntity).find({ order: { ref: 'ASC' } });

/**
 * All grants of an identity: of the sets assigned to it and of the sets bound to its roles. A set that comes both ways
 * counts once. [] for somebody unknown.
 */
export async function listGrants(db: Database, identityId: number): Promise<JsonObject[]> {
  const rows = await run<{ grant: JsonObject }>(
    db,
    sql`
    select g.value as grant
    from permission_set as s
    cross join jsonb_array_elements(s.grants) with ordinality as g (value, position)
    where s.id in (
      select a.permission_set_id
      from permission_assignment as a
      where a.identity_id = ${identityId}
      union
      select sr.permission_set_id
      from identity_role_assignment as ir
      join permission_set_role_assignment as sr on sr.role = ir.role
      where ir.identity_id = ${identityId}
    )
    order by s.ref, g.position`,
  );
  return rows.map((row) => row.grant);
}

/** Gives an identity a permission set; does nothing when it has it already. */
export async function assignPermissionSet(db: Database, identityId: number, permissionSetId: number): Promise<void> {
  await execute(
    db,
    sql`
    insert into permission_assignment (identity_id, permission_set_id)
    values (${identityId}, ${permissionSetId})
    on conflict (identity_id, permission_set_id) do nothing`,
  );
}
