import { createdWhileLive, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

export interface OverdueExecution {
  readonly id: number;
  readonly actionRef: string;
  /** Whole seconds in its status, by the database's clock. */
  readonly ageSeconds: number;
}

/** Executions that have been in a status for longer than allowed, oldest first, at most `limit`; locked, without those that somebody else is changing. */
export function listOverdueExecutions(
  db: EntityManager,
  status: 'scheduled' | 'canceling',
  timeoutSeconds: number,
  limit: number,
): Promise<OverdueExecution[]> {
  return run<OverdueExecution>(
    db,
    sql`
    select e.id, e.action_ref as "actionRef", floor(extract(epoch from now() - e.updated))::float8 as "ageSeconds"
    from execution as e
    where
      e.status = ${status}::execution_status and ${createdWhileLive(sql`e.created`)}
      and e.updated < now() - ${timeoutSeconds} * interval '1 second'
    order by e.created, e.id
    limit ${limit}
    for update of e skip locked`,
  );
}
