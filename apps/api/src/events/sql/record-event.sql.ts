import { type Database, sql, type Sql, SUBSCRIPTIONS } from '@attune/common';
import { runPrepared } from '../../database/run-prepared.js';

export interface EventToRecord {
  readonly trigger: number;
  readonly triggerRef: string;
  /** JSON text, like the payload, so that numbers keep all their digits. */
  readonly configText: string | null;
  /** Null: no payload. */
  readonly payloadText: string | null;
  readonly source: number | null;
  readonly sourceRef: string | null;
  readonly rule: number | null;
  readonly ruleRef: string | null;
  readonly triggerInstanceId: string | null;
}

/** Further writes of the same statement: common table expressions, each starting with a comma. `new_event` holds the id. */
export interface Alongside {
  /** Names the text of the expressions, which must always be the same. */
  readonly name: string;
  readonly expressions: Sql;
}

/**
 * Stores an event together with the message that has it processed, and gives its id: one statement, so one round trip and
 * one transaction.
 */
export async function recordEvent(db: Database, event: EventToRecord, alongside?: Alongside): Promise<number> {
  const [row] = await runPrepared<{ id: number }>(
    db,
    `record-event-${alongside?.name ?? 'alone'}`,
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
    )${alongside?.expressions ?? sql``}
    select n.id from new_event as n`,
  );
  if (!row) throw new Error('a recorded event has an id');
  return row.id;
}
