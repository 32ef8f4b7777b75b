import { type z } from 'zod';
import { request, response } from '../define.js';
import { bool, int64, json, list, optional, text, timestamp } from '../fields.js';

export const EventSummary = response('EventSummary', {
  id: int64(),
  trigger: int64().nullable(),
  trigger_ref: text(),
  source: int64().nullable(),
  source_ref: text().nullable(),
  rule: int64().nullable(),
  rule_ref: text().nullable(),
  has_payload: bool(),
  created: timestamp(),
});
export type EventSummary = z.output<typeof EventSummary>;

/** An immutable record of something that happened. */
export const EventResponse = response('EventResponse', {
  id: int64(),
  trigger: int64().nullable(),
  trigger_ref: text(),
  config: json().nullable(),
  payload: json().nullable(),
  source: int64().nullable(),
  source_ref: text().nullable(),
  rule: int64().nullable(),
  rule_ref: text().nullable(),
  created: timestamp(),
});
export type EventResponse = z.output<typeof EventResponse>;

export const CreateEventRequest = request(
  'CreateEventRequest',
  {
    trigger_ref: text({ min: 1 }),
    payload: optional(json()),
    config: optional(json()),
    /** `rule_<id>` sends the event to that rule alone; other forms are ignored. */
    trigger_instance_id: optional(text()),
  },
  { aliases: { trigger_type: 'trigger_ref' } },
);
export type CreateEventRequest = z.output<typeof CreateEventRequest>;

/** Several events at once: all are recorded or, when one is refused, none. */
export const CreateEventsRequest = request('CreateEventsRequest', {
  events: list(CreateEventRequest).min(1).max(1_000),
});
export type CreateEventsRequest = z.output<typeof CreateEventsRequest>;

export const CreatedEvents = response('CreatedEvents', {
  /** In the order of the request. */
  ids: list(int64()),
});
export type CreatedEvents = z.output<typeof CreatedEvents>;
