import { type Database, type ExecutionStatus, run, sql } from '@attune/common';

/** Executions by status, over everything kept; of one identity, or of all for null. */
export async function countExecutions(
  db: Database,
  executor: number | null,
): Promise<Partial<Record<ExecutionStatus, number>>> {
  const rows = await run<{ status: ExecutionStatus; count: number }>(
    db,
    sql`
    select e.status, count(*) as count
    from execution as e
    where e.created between timestamptz '2025-01-01 00:00:00Z' and now() + interval '1 day'
      and (${executor}::bigint is null or e.executor = ${executor})
    group by e.status`,
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}
