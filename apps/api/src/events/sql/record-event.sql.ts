import { type Database, run, sql, SUBSCRIPTIONS } from '@attune/common';

export interface EventToRecord {
  readonly trigger: number;
  readonly triggerRef: string;
  /** JSON text, like the payload, so that large whole numbers keep all their digits. */
  readonly configText: string | null;
  /** Null: no payload. */
  readonly payloadText: string | null;
  readonly source: number | null;
  readonly sourceRef: string | null;
  readonly rule: number | null;
  readonly ruleRef: string | null;
  readonly triggerInstanceId: string | null;
}

/**
 * Stores an event together with the message that has it processed, and gives its id: one statement, so one round trip and
 * one transaction. `alongside` holds further writes of the same statement: common table expressions, each starting with a
 * comma, whose text is always the same; `new_event` holds the id.
 */
export async function recordEvent(db: Database, event: EventToRecord, alongside = sql``): Promise<number> {
  const [row] = await run<{ id: number }>(
    db,
    sql`
    with new_event as materialized (
      select time_id() as id
    ), stored as (
      insert into event (
        id, created, trigger, trigger_ref, config, payload, source, source_ref, rule, rule_ref, trigger_instance_id
      )
      select n.id, time_id_created(n.id), ${event.trigger}::bigint, ${event.triggerRef}, ${event.configText}::jsonb,
        ${event.payloadText}::jsonb, ${event.source}::bigint, ${event.sourceRef}, ${event.rule}::bigint,
        ${event.ruleRef}, ${event.triggerInstanceId}
      from new_event as n
    ), announced as (
      insert into outbox_message (queue, topic, payload)
      select q.queue, 'event.created', jsonb_build_object('event_id', n.id)
      from new_event as n
      cross join unnest(${SUBSCRIPTIONS['event.created']}::text[]) as q (queue)
    )${alongside}
    select n.id from new_event as n`.prepared(),
  );
  if (!row) throw new Error('a recorded event has an id');
  return row.id;
}
