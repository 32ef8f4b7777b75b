import { type EntityManager } from 'typeorm';
import { run, sql } from '@attune/common';

/**
 * Requests to a webhook in the current window that were not limited. Windows are fixed: they start at multiples of their
 * length. Waits for other counts of the same webhook, so that requests at the same moment cannot all be the last one; the
 * caller's transaction must also hold the row that makes this one count.
 */
export async function countRequests(db: EntityManager, trigger: number, windowSeconds: number): Promise<number> {
  await run(db, sql`select pg_advisory_xact_lock(hashtext('webhook_rate_limit'), ${trigger}::int)`);
  const [row] = await run<{ count: number }>(
    db,
    sql`
    select count(*)::int as count
    from webhook_event_log as l
    where l.trigger = ${trigger}
      and l.created >= to_timestamp(floor(extract(epoch from now()) / ${windowSeconds}) * ${windowSeconds})
      and not l.rate_limited`,
  );
  return row?.count ?? 0;
}
