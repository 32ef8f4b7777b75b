import { createdAmong, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

export interface EventPayload {
  readonly id: number;
  /** JSON text, so that large numbers stay exact; null: none. */
  readonly payload: string | null;
}

/** Large payloads of events. The caller bounds how much that can be. */
export function listEventPayloads(db: EntityManager, ids: readonly number[]): Promise<EventPayload[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return run<EventPayload>(
    db,
    sql`
    select e.id, e.payload::text as payload
    from event as e
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}`.prepared(),
  );
}
