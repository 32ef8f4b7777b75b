import { createdAmong, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** What is needed to find the rules of an event, with its payload when that is small. */
export interface EventHead {
  readonly id: number;
  readonly triggerRef: string;
  /** Null or dangling: the trigger is gone. */
  readonly trigger: number | null;
  /** Not null: only this rule is considered. */
  readonly rule: number | null;
  /** True as well when that rule is gone and only its ref is left. */
  readonly isForOneRule: boolean;
  /** Stored size; text is a few times larger. */
  readonly payloadBytes: number;
  /** JSON text, so that large numbers stay exact; null: none, or too large to be read before it is known who wants it. */
  readonly payload: string | null;
}

/**
 * Payloads up to so many bytes, as stored, are read at once: most are, and a second look at the row would cost more. Up to
 * this size PostgreSQL compresses nothing, so the text cannot be much longer.
 */
export const SMALL_PAYLOAD_BYTES = 1_900;

/** The events that exist among the ids, oldest first. */
export function listEventHeads(db: EntityManager, ids: readonly number[]): Promise<EventHead[]> {
  return run<EventHead>(
    db,
    sql`
    select
      e.id, e.trigger_ref as "triggerRef", e.trigger, e.rule,
      (e.rule is not null or e.rule_ref is not null) as "isForOneRule",
      coalesce(pg_column_size(e.payload), 0) as "payloadBytes",
      case when pg_column_size(e.payload) <= ${SMALL_PAYLOAD_BYTES} then e.payload::text end as payload
    from event as e
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
    order by e.created, e.id`.prepared(),
  );
}
