import { createdAmong, type ExecutionRetryReason, groupForUpdate, run, sql } from '@attune/common';
import { executionPredecessors } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** Takes executions back from workers that have not begun them, and gives the ids that were still there. */
export async function returnExecutions(
  db: EntityManager,
  ids: readonly number[],
  reason: ExecutionRetryReason,
): Promise<number[]> {
  const from = executionPredecessors('requested', 'monitor');
  const returned: number[] = [];
  for (const group of groupForUpdate(ids, (id) => id)) {
    const rows = await run<{ id: number }>(
      db,
      sql`
    update execution as e
    set status = 'requested', worker = null, retry_reason = ${reason}
    where
      e.id = any(${group}::bigint[]) and ${createdAmong(sql`e.created`, group)}
      and e.status = any(${from}::execution_status[])
    returning e.id`,
    );
    returned.push(...rows.map(({ id }) => id));
  }
  return returned;
}
