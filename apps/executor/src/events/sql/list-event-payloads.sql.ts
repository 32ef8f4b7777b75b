import { createdAmong, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

export interface EventPayload {
  readonly id: number;
  readonly triggerRef: string;
  /** JSON text, so that large numbers stay exact; null: none. */
  readonly payload: string | null;
}

/** Payloads of events, oldest first. The caller bounds how much that can be. */
export function listEventPayloads(db: EntityManager, ids: readonly number[]): Promise<EventPayload[]> {
  return run<EventPayload>(
    db,
    sql`
    select e.id, e.trigger_ref as "triggerRef", e.payload::text as payload
    from event as e
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
    order by e.created, e.id`.prepared(),
  );
}
