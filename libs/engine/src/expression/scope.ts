import { type Json, type JsonObject } from '../json.js';

/** How the task that just finished ended; there only while transitions are checked. */
export interface TaskOutcome {
  readonly result: Json;
  readonly succeeded: boolean;
  readonly failed: boolean;
  readonly timedOut: boolean;
}

/** What the names in an expression stand for. */
export interface Scope {
  /** The value of a bare name; undefined = no such name, an error for the expression. */
  readonly lookup: (name: string) => Json | undefined;
  readonly outcome?: TaskOutcome;
}

/** A scope of fixed names. */
export function scopeOf(names: JsonObject, outcome?: TaskOutcome): Scope {
  const lookup = (name: string): Json | undefined => (Object.hasOwn(names, name) ? names[name] : undefined);
  return outcome === undefined ? { lookup } : { lookup, outcome };
}
