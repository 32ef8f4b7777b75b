import { type AdmissionStatus, execute, json, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

export interface NewEntry {
  readonly state: number;
  readonly execution: number;
  readonly action_ref: string;
  readonly status: AdmissionStatus;
  readonly queue_order: number;
}

/** Gives executions their slots and queue places, in groups that are locked. */
export async function insertEntries(db: EntityManager, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await execute(
    db,
    sql`
    insert into execution_admission_entry (state, execution, action_ref, status, queue_order, enqueued_at, activated_at)
    select
      n.state, n.execution, n.action_ref, n.status, n.queue_order, clock_timestamp(),
      case when n.status = 'active' then clock_timestamp() end
    from jsonb_to_recordset(${json(entries)}::jsonb)
      as n (state bigint, execution bigint, action_ref text, status admission_status, queue_order bigint)
    order by n.state, n.queue_order
    -- Only an execution too old to be locked can have got a place meanwhile.
    on conflict (execution) do nothing`.prepared(),
  );
}
