import { createdAmong, groupForUpdate, json, run, sql } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** An execution that has waited for its policy for longer than that allows. */
export interface OverdueWait {
  readonly execution: number;
  readonly actionRef: string;
  readonly policyRef: string;
  readonly timeoutSeconds: number;
  /** Whole seconds, by the database's clock. */
  readonly ageSeconds: number;
}

/** Those that wait too long, longest first, at most `limit`. Nothing is locked: an entry must not be held while its execution is waited for. */
export function listOverdueWaits(db: EntityManager, limit: number): Promise<OverdueWait[]> {
  return run<OverdueWait>(
    db,
    sql`
    select
      a.execution, a.action_ref as "actionRef", p.ref as "policyRef", p.queue_timeout_seconds as "timeoutSeconds",
      floor(extract(epoch from now() - a.enqueued_at))::float8 as "ageSeconds"
    from policy as p
    join execution_admission_state as s on s.policy = p.id
    join execution_admission_entry as a on a.state = s.id
    where
      p.queue_timeout_seconds is not null and a.status = 'queued'
      and a.enqueued_at < now() - p.queue_timeout_seconds * interval '1 second'
    order by a.enqueued_at, a.id
    limit ${limit}`,
  );
}

/** Ends those that still wait for their policy, and gives them. */
export async function expireWaits(
  db: EntityManager,
  waits: readonly { readonly id: number; readonly result: JsonObject }[],
): Promise<number[]> {
  const expired: number[] = [];
  for (const group of groupForUpdate(waits, ({ id }) => id)) {
    const ids = group.map(({ id }) => id);
    const rows = await run<{ id: number }>(
      db,
      sql`
    update execution as e
    set status = 'failed', retry_reason = 'queue_timeout', result = w.result
    from jsonb_to_recordset(${json(group)}::jsonb) as w (id bigint, result jsonb)
    where
      e.id = w.id and e.created = time_id_created(w.id) and ${createdAmong(sql`e.created`, ids)}
      and e.status in ('requested', 'scheduling')
      and exists (select from execution_admission_entry as a where a.execution = e.id and a.status = 'queued')
    returning e.id`,
    );
    expired.push(...rows.map(({ id }) => id));
  }
  return expired;
}
