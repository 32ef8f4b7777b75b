import { createdAmong, type Database, type ExecutionStatus, run, sql } from '@attune/common';

/** The present status of these executions; an id whose row is gone is missing. */
export async function statusesOf(db: Database, executions: readonly number[]): Promise<Map<number, ExecutionStatus>> {
  if (executions.length === 0) return new Map();
  const rows = await run<{ id: number; status: ExecutionStatus }>(
    db,
    sql`
    select e.id, e.status
    from execution as e
    where e.id = any(${executions}::bigint[]) and ${createdAmong(sql`e.created`, executions)}`,
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}

/**
 * Executions that a worker has begun and not ended, whatever their age: the widest range there is stands for `created`, and the index
 * of live executions keeps it cheap.
 */
export async function listBegun(db: Database, worker: number): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    select e.id
    from execution as e
    where
      e.worker = ${worker}
      and e.status in ('running', 'canceling')
      and e.created between timestamptz '2025-01-01 00:00:00Z' and now() + interval '1 day'`,
  );
  return rows.map(({ id }) => id);
}
