import { compareText, isJsonArray, isJsonNumber, isJsonObject, type Json, type JsonObject } from '../json.js';
import { ExpressionError } from './expression-error.js';
import { type FunctionTable, one, two } from './function-table.js';
import { isTruthy, toText, typeOf } from './values.js';

/** Between types, and about objects. */
export const CONVERSION_FUNCTIONS: FunctionTable = {
  string: one(toText),
  number: one((value) => toNumber('number', value)),
  int: one((value) => (typeof value === 'bigint' ? value : Math.trunc(Number(toNumber('int', value))) + 0)),
  bool: one(isTruthy),
  type_of: one(typeOf),
  length: one(lengthOf),
  keys: one((value) => sortedKeys('keys', value)),
  values: one((value) => sortedKeys('values', value).map((key) => asObject('values', value)[key] ?? null)),
  merge: two((a, b) => ({ ...asObject('merge', a), ...asObject('merge', b) })),
};

const NUMERIC_TEXT = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function toNumber(name: string, value: Json): number | bigint {
  if (isJsonNumber(value)) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    const number = NUMERIC_TEXT.test(value.trim()) ? Number(value) : Number.NaN;
    if (Number.isFinite(number)) return number;
    throw new ExpressionError(`${name}() cannot read the string as a number`);
  }
  throw new ExpressionError(`${name}() cannot convert ${typeOf(value)}`);
}

function lengthOf(value: Json): number {
  if (typeof value === 'string') return codePointLength(value);
  if (isJsonArray(value)) return value.length;
  if (isJsonObject(value)) return Object.keys(value).length;
  throw new ExpressionError(`length() needs a string, array or object, not ${typeOf(value)}`);
}

/** Code points, not UTF-16 units. */
export function codePointLength(text: string): number {
  const surrogatePairs = text.match(/[\ud800-\udbff][\udc00-\udfff]/g);
  return text.length - (surrogatePairs?.length ?? 0);
}

function asObject(name: string, value: Json): JsonObject {
  if (!isJsonObject(value)) throw new ExpressionError(`${name}() needs an object, not ${typeOf(value)}`);
  return value;
}

function sortedKeys(name: string, value: Json): string[] {
  return Object.keys(asObject(name, value)).sort(compareText);
}
