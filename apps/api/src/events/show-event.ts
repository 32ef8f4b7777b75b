import { type EventEntity, type EventSummaryRow, sql } from '@attune/common';
import { type EventResponse, type EventSummary } from '@attune/contract';
import { packOf } from '@attune/engine';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso } from '../domain/wire.js';

export const showEventSummary = (event: EventSummaryRow): EventSummary => ({
  id: event.id,
  trigger: event.trigger,
  trigger_ref: event.trigger_ref,
  source: event.source,
  source_ref: event.source_ref,
  rule: event.rule,
  rule_ref: event.rule_ref,
  has_payload: event.has_payload,
  created: iso(event.created),
});

export const showEvent = (event: EventEntity): EventResponse => ({
  id: event.id,
  trigger: event.trigger,
  trigger_ref: event.trigger_ref,
  config: event.config,
  payload: event.payload,
  source: event.source,
  source_ref: event.source_ref,
  rule: event.rule,
  rule_ref: event.rule_ref,
  created: iso(event.created),
});

/** An event as grants see it: under the ref of its trigger. */
export const eventTarget = ({ id, trigger_ref: ref }: Pick<EventEntity, 'id' | 'trigger_ref'>): Target => ({
  id,
  ref,
  packRef: packOf(ref),
});

/** The same for the rows of `listEvents`. */
export const EVENT_COLUMNS: FactColumns = {
  id: sql`e.id`,
  ref: sql`e.trigger_ref`,
  packRef: sql`split_part(e.trigger_ref, '.', 1)`,
};
