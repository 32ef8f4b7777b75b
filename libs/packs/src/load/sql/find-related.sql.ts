import { run, sql } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** A stored component that a pack brings too or names. */
export interface StoredComponent {
  readonly type: 'permission_set' | 'runtime' | 'trigger' | 'action' | 'rule' | 'policy';
  readonly ref: string;
  /** null: made over the API, in no pack. */
  readonly pack_ref: string | null;
  readonly is_adhoc: boolean;
  /** Of a rule, else null. */
  readonly trigger_ref: string | null;
  /** Of an action or a trigger; null also when it takes anything. */
  readonly param_schema: JsonObject | null;
}

/** Whichever of these refs exist already, as whatever type of component. */
export function findStoredComponents(db: EntityManager, refs: readonly string[]): Promise<StoredComponent[]> {
  return run<StoredComponent>(
    db,
    sql`
    select c.type, c.ref, c.pack_ref, c.is_adhoc, c.trigger_ref, c.param_schema
    from (
      select 'permission_set' as type, ref, pack_ref, is_adhoc, null as trigger_ref, null::jsonb as param_schema
      from permission_set
      union all
      select 'runtime', ref, pack_ref, is_adhoc, null, null from runtime
      union all
      select 'trigger', ref, pack_ref, is_adhoc, null, param_schema from trigger
      union all
      select 'action', ref, pack_ref, is_adhoc, null, param_schema from action
      union all
      select 'rule', ref, pack_ref, is_adhoc, trigger_ref, null from rule
      union all
      select 'policy', ref, pack_ref, is_adhoc, null, null from policy
    ) as c
    where c.ref = any(${refs}::text[])`,
  );
}

export interface StoredRuntime {
  readonly ref: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly pack_ref: string | null;
  readonly is_adhoc: boolean;
}

/** Every runtime there is: a `runner_type` may be any of their names. */
export function listRuntimes(db: EntityManager): Promise<StoredRuntime[]> {
  return run<StoredRuntime>(
    db,
    sql`select t.ref, t.name, t.aliases, t.pack_ref, t.is_adhoc from runtime as t order by t.ref`,
  );
}
