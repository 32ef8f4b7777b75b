import { type Json, type JsonObject } from '@attune/engine';
import { type Database, run } from '../database/run.js';
import { allOf, json, sql, type Sql } from '../database/sql.js';
import { type EventEntity } from '../entities/event.entity.js';
import { createdAmong, wholeWindow } from './created-range.js';
import { listNewest } from './list-newest.js';
import { type TimeSeriesPage, type TimeSeriesPageRequest } from './page.js';
import { isGlob, matchesRef } from './text-match.js';

/** An event to be stored; the database gives it its id and time. What is missing is null. */
export interface NewEvent {
  readonly trigger: number | null;
  readonly trigger_ref: string;
  readonly config?: JsonObject | null;
  readonly payload?: Json;
  readonly source?: number | null;
  readonly source_ref?: string | null;
  readonly rule?: number | null;
  readonly rule_ref?: string | null;
  readonly trigger_instance_id?: string | null;
  readonly dedup_key?: string | null;
}

/** An event in a list: without its payload. */
export type EventSummaryRow = Pick<
  EventEntity,
  'id' | 'trigger' | 'trigger_ref' | 'source' | 'source_ref' | 'rule' | 'rule_ref' | 'created'
> & { readonly has_payload: boolean };

/** All conditions hold together. Refs may be globs (`core.*`). */
export interface EventFilter {
  readonly trigger?: number | undefined;
  readonly trigger_ref?: string | undefined;
  readonly source?: number | undefined;
  readonly rule_ref?: string | undefined;
  /** Which rows there are at all for who asks; the table is `e`. */
  readonly visible?: Sql | undefined;
}

const COLUMNS = sql`
  e.id, e.trigger, e.trigger_ref, e.config, e.payload, e.source, e.source_ref, e.rule, e.rule_ref,
  e.trigger_instance_id, e.dedup_key, e.created`;

/** Stores events in one statement and gives their ids in the same order. */
export async function insertEvents(db: Database, events: readonly NewEvent[]): Promise<number[]> {
  if (events.length === 0) return [];
  const rows = await run<{ id: number }>(
    db,
    sql`
    with given as materialized (
      select n.*, time_id() as id
      from rows from (
        jsonb_to_recordset(${json(events)}::jsonb) as (
          trigger bigint, trigger_ref text, config jsonb, payload jsonb, source bigint, source_ref text,
          rule bigint, rule_ref text, trigger_instance_id text, dedup_key text
        )
      ) with ordinality as n (
        trigger, trigger_ref, config, payload, source, source_ref, rule, rule_ref, trigger_instance_id, dedup_key,
        position
      )
    ), stored as (
      insert into event (
        id, created, trigger, trigger_ref, config, payload, source, source_ref, rule, rule_ref,
        trigger_instance_id, dedup_key
      )
      select
        g.id, time_id_created(g.id), g.trigger, g.trigger_ref, g.config, g.payload, g.source, g.source_ref, g.rule,
        g.rule_ref, g.trigger_instance_id, g.dedup_key
      from given as g
      order by g.position
    )
    select g.id from given as g order by g.position`,
  );
  return rows.map((row) => row.id);
}

/** One event, or null. */
export async function findEvent(db: Database, id: number): Promise<EventEntity | null> {
  const [event] = await run<EventEntity>(
    db,
    sql`select ${COLUMNS} from event as e where e.id = ${id} and e.created = time_id_created(${id})`,
  );
  return event ?? null;
}

/** The events that exist among these ids, oldest first. */
export async function findEvents(db: Database, ids: readonly number[]): Promise<EventEntity[]> {
  if (ids.length === 0) return [];
  return run<EventEntity>(
    db,
    sql`
    select ${COLUMNS}
    from event as e
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
    order by e.created, e.id`,
  );
}

const SUMMARY = sql`
  e.id, e.trigger, e.trigger_ref, e.source, e.source_ref, e.rule, e.rule_ref, e.payload is not null as has_payload,
  e.created`;

/** Events, newest first. */
export function listEvents(
  db: Database,
  filter: EventFilter,
  page: TimeSeriesPageRequest,
): Promise<TimeSeriesPage<EventSummaryRow>> {
  const window = wholeWindow(undefined, Date.now());
  const isSearch = isGlob(filter.trigger_ref) || isGlob(filter.rule_ref);
  return listNewest(
    db,
    { from: sql`event as e`, columns: SUMMARY, conditions: conditionsOf(filter), window, isSearch },
    page,
  );
}

function conditionsOf({ trigger, trigger_ref, source, rule_ref, visible }: EventFilter): Sql {
  const conditions: Sql[] = [];
  if (trigger !== undefined) conditions.push(sql`e.trigger = ${trigger}`);
  if (trigger_ref !== undefined) conditions.push(matchesRef(sql`e.trigger_ref`, trigger_ref));
  if (source !== undefined) conditions.push(sql`e.source = ${source}`);
  if (rule_ref !== undefined) conditions.push(matchesRef(sql`e.rule_ref`, rule_ref));
  if (visible !== undefined) conditions.push(visible);
  return allOf(conditions);
}
