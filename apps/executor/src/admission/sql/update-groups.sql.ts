import { execute, json, sql } from '@attune/common';
import { type StartSlice } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** What changes about a locked group. */
export interface GroupChange {
  readonly id: number;
  readonly threshold: number;
  /** Places given out. */
  readonly enqueued: number;
  /** Slots given back. */
  readonly completed: number;
  readonly starts: readonly StartSlice[];
  readonly quota_start_ms: number | null;
  readonly quota_used: number;
  readonly wake_at_ms: number | null;
}

/** Writes what groups remember; also tells by their `updated` that somebody looked after them. */
export async function updateGroups(db: EntityManager, changes: readonly GroupChange[]): Promise<void> {
  if (changes.length === 0) return;
  await execute(
    db,
    sql`
    update execution_admission_state as s
    set
      max_concurrent = c.threshold,
      next_queue_order = s.next_queue_order + c.enqueued,
      total_enqueued = s.total_enqueued + c.enqueued,
      total_completed = s.total_completed + c.completed,
      starts = c.starts,
      quota_start = to_timestamp(c.quota_start_ms / 1000),
      quota_used = c.quota_used,
      wake_at = to_timestamp(c.wake_at_ms / 1000)
    from jsonb_to_recordset(${json(changes)}::jsonb) as c (
      id bigint, threshold integer, enqueued integer, completed integer, starts jsonb, quota_start_ms float8,
      quota_used integer, wake_at_ms float8
    )
    where s.id = c.id`.prepared(),
  );
}
