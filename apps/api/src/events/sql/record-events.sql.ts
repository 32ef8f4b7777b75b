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
 * Stores events together with the messages that have them processed, and gives their ids in the same order: one statement,
 * so one round trip and one transaction. `alongside` holds further writes of the same statement: common table expressions,
 * each starting with a comma, whose text is always the same; `new_event` holds `id` and `position` (from 1).
 */
export async function recordEvents(
  db: Database,
  events: readonly EventToRecord[],
  alongside = sql``,
): Promise<number[]> {
  if (events.length === 0) return [];
  const rows = await run<{ id: number }>(
    db,
    sql`
    with new_event as materialized (
      select g.*, time_id() as id
      from unnest(
        ${events.map(({ trigger }) => trigger)}::bigint[],
        ${events.map(({ triggerRef }) => triggerRef)}::text[],
        ${events.map(({ configText }) => configText)}::text[],
        ${events.map(({ payloadText }) => payloadText)}::text[],
        ${events.map(({ source }) => source)}::bigint[],
        ${events.map(({ sourceRef }) => sourceRef)}::text[],
        ${events.map(({ rule }) => rule)}::bigint[],
        ${events.map(({ ruleRef }) => ruleRef)}::text[],
        ${events.map(({ triggerInstanceId }) => triggerInstanceId)}::text[]
      ) with ordinality as g (
        trigger, trigger_ref, config, payload, source, source_ref, rule, rule_ref, trigger_instance_id, position
      )
    ), stored as (
      insert into event (
        id, created, trigger, trigger_ref, config, payload, source, source_ref, rule, rule_ref, trigger_instance_id
      )
      select n.id, time_id_created(n.id), n.trigger, n.trigger_ref, n.config::jsonb, n.payload::jsonb, n.source,
        n.source_ref, n.rule, n.rule_ref, n.trigger_instance_id
      from new_event as n
      order by n.position
    ), announced as (
      insert into outbox_message (queue, topic, payload)
      select q.queue, 'event.created', jsonb_build_object('event_id', n.id)
      from new_event as n
      cross join unnest(${SUBSCRIPTIONS['event.created']}::text[]) as q (queue)
      order by n.position
    )${alongside}
    select n.id from new_event as n order by n.position`.prepared(),
  );
  return rows.map(({ id }) => id);
}
