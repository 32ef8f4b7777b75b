import { createdAmong, type Database, run, sql } from '@attune/common';
import { LIVE_EXECUTION_STATUSES } from '@attune/engine';
import { type OpenInquiry } from './list-open-inquiries.sql.js';

/**
 * Those of some open questions whose execution has ended since it asked, or is gone. One that was asked about an execution that
 * had already ended stays: nobody waits for it, so it waits for somebody.
 */
export async function listPointlessInquiries(db: Database, open: readonly OpenInquiry[]): Promise<number[]> {
  if (open.length === 0) return [];
  const executions = open.map(({ execution }) => execution);
  const rows = await run<{ id: number }>(
    db,
    sql`
    select i.id
    from inquiry as i
    where
      i.id = any(${open.map(({ id }) => id)}::bigint[])
      and not exists (
        select
        from execution as e
        where
          e.id = i.execution and e.created = time_id_created(i.execution) and ${createdAmong(sql`e.created`, executions)}
          and (e.status = any(${LIVE_EXECUTION_STATUSES}::execution_status[]) or e.updated <= i.created)
      )`,
  );
  return rows.map(({ id }) => id);
}
