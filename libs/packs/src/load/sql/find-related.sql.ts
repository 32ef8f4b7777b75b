import { run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** A stored component that a pack brings too or names. */
export interface StoredComponent {
  readonly type: 'permission_set' | 'runtime' | 'trigger' | 'action' | 'rule' | 'policy';
  readonly ref: string;
  /** null: made over the API, in no pack. */
  readonly pack_ref: string | null;
  readonly is_adhoc: boolean;
  /** Of a rule. */
  readonly trigger_ref: string | null;
}

/** Whichever of these refs exist already, as whatever type of component. */
export function findStoredComponents(db: EntityManager, refs: readonly string[]): Promise<StoredComponent[]> {
  return run<StoredComponent>(
    db,
    sql`
    select c.type, c.ref, c.pack_ref, c.is_adhoc, c.trigger_ref
    from (
      select 'permission_set' as type, ref, pack_ref, is_adhoc, null as trigger_ref from permission_set
      union all
      select 'runtime', ref, pack_ref, is_adhoc, null from runtime
      union all
      select 'trigger', ref, pack_ref, is_adhoc, null from trigger
      union all
      select 'action', ref, pack_ref, is_adhoc, null from action
      union all
      select 'rule', ref, pack_ref, is_adhoc, trigger_ref from rule
      union all
      select 'policy', ref, pack_ref, is_adhoc, null from policy
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
