import { type Database, type PolicyMethod, run, sql } from '@attune/common';
import { packOf, type PolicyScope } from '@attune/engine';

/** An enabled policy, as far as choosing it and naming its groups needs it. */
export interface ActivePolicy extends PolicyScope {
  readonly method: PolicyMethod;
  readonly threshold: number;
  /** Paths whose values make the groups. */
  readonly parameters: readonly string[];
}

/** The enabled policies that name these actions, their packs or nothing. What every batch pays, policies or not. */
export function listPolicies(db: Database, actionRefs: readonly string[]): Promise<ActivePolicy[]> {
  const packs = [...new Set(actionRefs.map(packOf))];
  return run<ActivePolicy>(
    db,
    sql`
    select
      p.id, p.action_ref as "actionRef", p.scope_pack_ref as "packRef", p.method, p.threshold, p.parameters,
      (extract(epoch from p.created) * 1000)::float8 as "createdMs"
    from policy as p
    where
      p.enabled and (
        p.action_ref = any(${actionRefs}::text[]) or p.scope_pack_ref = any(${packs}::text[])
        or (p.action_ref is null and p.scope_pack_ref is null)
      )`.prepared(),
  );
}
