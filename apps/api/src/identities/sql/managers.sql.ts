import { ADVISORY_LOCK, type Database, execute, run, sql, SYSTEM_IDENTITY_ID } from '@attune/common';

/** Waits for others who change who manages permissions; held until the transaction ends. */
export async function lockManagers(db: Database): Promise<void> {
  await execute(db, sql`select pg_advisory_xact_lock(${ADVISORY_LOCK.permissionManagers})`);
}

/**
 * Whether somebody is left who can log in and may change permissions without constraints. Logging in takes a password, a token
 * that does not expire, or a role that comes from a provider of identities.
 */
export async function hasManager(db: Database): Promise<boolean> {
  const [row] = await run<{ found: boolean }>(
    db,
    sql`
    select exists (
      select
      from identity as i
      where not i.frozen and i.id <> ${SYSTEM_IDENTITY_ID}
        and (
          i.password_hash is not null
          or exists (
            select from integration_token as t
            where t.identity_id = i.id and t.revoked_at is null and t.expires_at is null
          )
          or exists (select from identity_role_assignment as m where m.identity_id = i.id and m.managed)
        )
        and exists (
          select
          from permission_set as p
          cross join jsonb_array_elements(p.grants) as g
          where g.value ->> 'resource' = 'permissions'
            and g.value -> 'actions' ? 'manage'
            and coalesce(jsonb_strip_nulls(g.value -> 'constraints'), '{}') in ('{}', 'null')
            and p.id in (
              select a.permission_set_id
              from permission_assignment as a
              where a.identity_id = i.id
              union all
              select s.permission_set_id
              from identity_role_assignment as r
              join permission_set_role_assignment as s on s.role = r.role
              where r.identity_id = i.id
            )
        )
    ) as found`,
  );
  return row?.found ?? false;
}
