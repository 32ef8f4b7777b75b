import { type Database, run, sql } from '@attune/common';
import { type IdentityRights } from './find-identity-rights.sql.js';

export interface ExecutionRights extends IdentityRights {
  /** False once the execution has ended. */
  readonly isLive: boolean;
  /** How many of the named sets exist. */
  readonly setCount: number;
}

interface Wanted {
  readonly executionId: number;
  readonly identityId: number;
  readonly refs: readonly string[];
}

/** The grants of the sets an execution token names; null when the execution or its identity is gone. */
export async function findExecutionRights(
  db: Database,
  { executionId, identityId, refs }: Wanted,
): Promise<ExecutionRights | null> {
  const [row] = await run<ExecutionRights>(
    db,
    sql`
    select i.frozen, i.attributes, coalesce(held.grants, '[]') as grants, held.sets as "setCount",
      e.status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling') as "isLive"
    from execution as e
    cross join identity as i
    cross join lateral (
      select count(distinct p.id)::int as sets, jsonb_agg(g.value) filter (where g.value is not null) as grants
      from permission_set as p
      left join lateral jsonb_array_elements(p.grants) as g on true
      where p.ref = any(${refs}::text[])
    ) as held
    where e.id = ${executionId}
      and e.created = time_id_created(${executionId})
      and i.id = ${identityId}`,
  );
  return row ?? null;
}
