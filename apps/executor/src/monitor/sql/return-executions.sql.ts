import { run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { createdAmong } from '../../created-window.js';

/** Takes executions back from workers that died before starting them, and gives the ids that were still there. */
export async function returnExecutions(db: EntityManager, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await run<{ id: number }>(
    db,
    sql`
    update execution as e
    set status = 'requested', worker = null, retry_reason = 'worker_unavailable'
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)} and e.status = 'scheduled'
    returning e.id`,
  );
  return rows.map(({ id }) => id);
}
