import {
  fitsJsonSize,
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type Json,
  jsonEquals,
  stringifyJson,
} from '../json.js';
import { ExpressionError } from './expression-error.js';
import { MAX_ARRAY_LENGTH, MAX_RENDERED_LENGTH } from './limits.js';

export type TypeName = 'null' | 'bool' | 'number' | 'string' | 'array' | 'object';

export function typeOf(value: Json): TypeName {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (isJsonNumber(value)) return 'number';
  if (typeof value === 'string') return 'string';
  return isJsonArray(value) ? 'array' : 'object';
}

/** False: null, false, 0, `""`, `[]`, `{}`. */
export function isTruthy(value: Json): boolean {
  if (isJsonArray(value)) return value.length > 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** What `string()` gives and what mixed templates insert, but for null: there it is the empty text. */
export function toText(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  return compactText(value);
}

/** Compact JSON, refused before it is built when it would be too large. */
function compactText(value: Json): string {
  if (!fitsJsonSize(value, MAX_RENDERED_LENGTH)) throw tooLarge();
  return stringifyJson(value);
}

/** Numbers of any size become doubles for arithmetic. */
export function asNumber(value: Json, what: string): number {
  if (!isJsonNumber(value)) throw new ExpressionError(`${what} must be a number, not ${typeOf(value)}`);
  return Number(value);
}

/** @throws ExpressionError unless it is a whole number */
export function asInteger(value: Json, what: string): number {
  const number = asNumber(value, what);
  if (!Number.isInteger(number)) throw new ExpressionError(`${what} must be a whole number`);
  return number;
}

export function asString(value: Json, what: string): string {
  if (typeof value !== 'string') throw new ExpressionError(`${what} must be a string, not ${typeOf(value)}`);
  return value;
}

export function asArray(value: Json, what: string): readonly Json[] {
  if (!isJsonArray(value)) throw new ExpressionError(`${what} must be an array, not ${typeOf(value)}`);
  return value;
}

/** Results of arithmetic: JSON knows neither infinity nor NaN, and minus zero is zero. */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new ExpressionError('the result is not a finite number');
  return value === 0 ? 0 : value;
}

export function boundedText(length: number): void {
  if (length > MAX_RENDERED_LENGTH) throw tooLarge();
}

export function boundedArray(length: number): void {
  if (length > MAX_ARRAY_LENGTH) throw tooLarge();
}

function tooLarge(): ExpressionError {
  return new ExpressionError('the value is larger than 10 MiB');
}

/** @throws ExpressionError when the value would be larger than a rendered value may be */
export function checkRenderedSize(value: Json): void {
  if (!fitsJsonSize(value, MAX_RENDERED_LENGTH)) throw tooLarge();
}

/** The operator `in`: member of an array (deep), key of an object, part of a text. */
export function isIn(needle: Json, haystack: Json): boolean {
  if (isJsonArray(haystack)) return haystack.some((item) => jsonEquals(item, needle));
  if (isJsonObject(haystack)) return Object.hasOwn(haystack, asString(needle, "the left side of 'in' an object"));
  if (typeof haystack === 'string') return haystack.includes(asString(needle, "the left side of 'in' a string"));
  throw new ExpressionError(`the right side of 'in' must be an array, object or string, not ${typeOf(haystack)}`);
}
