import { createdAmong, groupForUpdate, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** Takes executions back from workers that died before starting them, and gives the ids that were still there. */
export async function returnExecutions(db: EntityManager, ids: readonly number[]): Promise<number[]> {
  const returned: number[] = [];
  for (const group of groupForUpdate(ids, (id) => id)) {
    const rows = await run<{ id: number }>(
      db,
      sql`
    update execution as e
    set status = 'requested', worker = null, retry_reason = 'worker_unavailable'
    where e.id = any(${group}::bigint[]) and ${createdAmong(sql`e.created`, group)} and e.status = 'scheduled'
    returning e.id`,
    );
    returned.push(...rows.map(({ id }) => id));
  }
  return returned;
}
