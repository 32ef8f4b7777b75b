import { type Database, type ExecutionStatus, run, type Sql, sql } from '@attune/common';

/** Executions by status, over everything kept; only those that meet the condition on `e`. */
export async function countExecutions(db: Database, condition: Sql): Promise<Partial<Record<ExecutionStatus, number>>> {
  const rows = await run<{ status: ExecutionStatus; count: number }>(
    db,
    sql`
    select e.status, count(*) as count
    from execution as e
    where e.created between timestamptz '2025-01-01 00:00:00Z' and now() + interval '1 day'
      and ${condition}
    group by e.status`,
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}
