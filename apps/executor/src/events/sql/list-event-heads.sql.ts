import { createdAmong, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** What is needed to find the rules of an event, without its payload. */
export interface EventHead {
  readonly id: number;
  /** Null or dangling: the trigger is gone. */
  readonly trigger: number | null;
  /** Not null: only this rule is considered. */
  readonly rule: number | null;
  /** True as well when that rule is gone and only its ref is left. */
  readonly isForOneRule: boolean;
  /** Stored size; text is a few times larger. */
  readonly payloadBytes: number;
}

/** The events that exist among the ids, oldest first. */
export function listEventHeads(db: EntityManager, ids: readonly number[]): Promise<EventHead[]> {
  return run<EventHead>(
    db,
    sql`
    select
      e.id, e.trigger, e.rule,
      (e.rule is not null or e.rule_ref is not null) as "isForOneRule",
      coalesce(pg_column_size(e.payload), 0) as "payloadBytes"
    from event as e
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
    order by e.created, e.id`.prepared(),
  );
}
