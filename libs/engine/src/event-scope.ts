import { type Json, type JsonObject } from './json.js';

/** What rules see of an event. */
export interface EventView {
  readonly id: number;
  /** Ref of the trigger. */
  readonly trigger_ref: string;
  /** Null when the event carries none. */
  readonly payload: Json;
  /** ISO 8601, UTC, microseconds. */
  readonly created: string;
}

/** The object `event` of conditions and templates; `trigger` is the ref, under its older name. */
export function eventScope(event: EventView): JsonObject {
  const { id, trigger_ref, payload, created } = event;
  return { id, trigger: trigger_ref, trigger_ref, payload, created };
}
