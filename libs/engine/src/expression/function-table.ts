import { type Json } from '../json.js';

/** A function of the expression language. The caller has checked the number of arguments; the function checks their types. */
export interface PureFunction {
  /** Fewest arguments; also the most when `max` is absent. */
  readonly min: number;
  readonly max?: number;
  readonly call: (...args: Json[]) => Json;
}

export type FunctionTable = Readonly<Record<string, PureFunction>>;

/** A function of exactly one argument. */
export function one(call: (a: Json) => Json): PureFunction {
  return { min: 1, call: (a = null) => call(a) };
}

export function two(call: (a: Json, b: Json) => Json): PureFunction {
  return { min: 2, call: (a = null, b = null) => call(a, b) };
}

export function three(call: (a: Json, b: Json, c: Json) => Json): PureFunction {
  return { min: 3, call: (a = null, b = null, c = null) => call(a, b, c) };
}
