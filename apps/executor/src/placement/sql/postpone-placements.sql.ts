import { execute, json, QUEUE, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** An execution that found no worker. */
export interface Postponement {
  readonly execution: number;
  /** Workers that could take it if they had room. */
  readonly waitsFor: readonly number[];
  readonly reason: string;
  readonly delayMs: number;
}

/** Puts executions back into the queue for later, with the reason where an operator sees it (`last_error`). */
export async function postponePlacements(db: EntityManager, postponements: readonly Postponement[]): Promise<void> {
  if (postponements.length === 0) return;
  const rows = postponements.map(({ execution, waitsFor, reason, delayMs }) => ({
    execution_id: execution,
    waits_for: waitsFor,
    reason,
    delay_ms: delayMs,
  }));
  await execute(
    db,
    sql`
    insert into outbox_message (queue, topic, payload, available_at, last_error)
    select
      ${QUEUE.executorExecutions}, 'execution.requested',
      jsonb_build_object('execution_id', p.execution_id, 'waits_for', p.waits_for),
      clock_timestamp() + p.delay_ms * interval '1 millisecond', p.reason
    from jsonb_to_recordset(${json(rows)}::jsonb)
      as p (execution_id bigint, waits_for jsonb, reason text, delay_ms float8)
    order by p.execution_id`.prepared(),
  );
}
