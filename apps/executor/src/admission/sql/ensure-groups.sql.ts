import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** A group as a policy names it. */
export interface GroupName {
  readonly policy: number;
  readonly group_key: string;
  readonly parameters: readonly string[];
  readonly threshold: number;
}

export interface GroupId {
  readonly id: number;
  readonly policy: number;
  readonly groupKey: string;
}

/**
 * Makes the groups that do not exist and gives all of them, except one that another process is just making. Not locked. New ones are
 * made in a fixed order and before any group is locked, so that nobody who holds a group waits for us to make one.
 */
export function ensureGroups(db: EntityManager, groups: readonly GroupName[]): Promise<GroupId[]> {
  return run<GroupId>(
    db,
    sql`
    with given as materialized (
      select g.policy, g.group_key, g.parameters, g.threshold
      from jsonb_to_recordset(${json(groups)}::jsonb)
        as g (policy bigint, group_key text, parameters text[], threshold integer)
    ), made as (
      insert into execution_admission_state (policy, group_key, parameters, max_concurrent)
      select g.policy, g.group_key, g.parameters, g.threshold
      from given as g
      where not exists (
        select from execution_admission_state as s where s.policy = g.policy and s.group_key = g.group_key
      )
      order by g.policy, g.group_key
      on conflict (policy, group_key) do nothing
      returning id, policy, group_key
    )
    select m.id, m.policy, m.group_key as "groupKey" from made as m
    union all
    select s.id, s.policy, s.group_key
    from given as g
    join execution_admission_state as s on s.policy = g.policy and s.group_key = g.group_key`.prepared(),
  );
}
