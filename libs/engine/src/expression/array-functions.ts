import { canonicalJson, compareText, isJsonArray, isJsonNumber, type Json, jsonEquals } from '../json.js';
import { ExpressionError } from './expression-error.js';
import { type FunctionTable, one, two } from './function-table.js';
import { textOccurrences, textPosition, withElements } from './text-functions.js';
import { asArray, asInteger, asString, boundedArray, isIn } from './values.js';

/** About arrays; some take a string as the array of its characters. */
export const ARRAY_FUNCTIONS: FunctionTable = {
  contains: two((haystack, needle) => isIn(needle, haystack)),
  reversed: one((value) => {
    return withElements('reversed', value, (items) => items.toReversed());
  }),
  sort: one((value) => sort(asArray(value, 'the argument of sort()'))),
  unique: one((value) => unique(asArray(value, 'the argument of unique()'))),
  flat: one((value) => flat(asArray(value, 'the argument of flat()'))),
  zip: two((a, b) => zip(asArray(a, 'the first argument of zip()'), asArray(b, 'the second argument of zip()'))),
  slice: { min: 2, max: 3, call: slice },
  index_of: two((value, item) =>
    typeof value === 'string'
      ? textPosition(value, asString(item, 'the second argument of index_of()'))
      : asArray(value, 'the first argument of index_of()').findIndex((element) => jsonEquals(element, item)),
  ),
  count: two((value, item) =>
    typeof value === 'string'
      ? textOccurrences(value, asString(item, 'the second argument of count()'))
      : asArray(value, 'the first argument of count()').filter((element) => jsonEquals(element, item)).length,
  ),
  chunks: two((array, size) =>
    chunks(asArray(array, 'the first argument of chunks()'), asInteger(size, 'the chunk size')),
  ),
};

function sort(array: readonly Json[]): readonly Json[] {
  if (array.every(isJsonNumber)) return array.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (array.every((item) => typeof item === 'string')) return array.toSorted(compareText);
  throw new ExpressionError('sort() needs an array of numbers or an array of strings');
}

function unique(array: readonly Json[]): readonly Json[] {
  const firsts = new Map<string, Json>();
  for (const item of array) {
    const key = canonicalJson(item);
    if (!firsts.has(key)) firsts.set(key, item);
  }
  return [...firsts.values()];
}

function flat(array: readonly Json[]): readonly Json[] {
  boundedArray(array.reduce<number>((total, item) => total + (isJsonArray(item) ? item.length : 1), 0));
  return array.flatMap((item) => (isJsonArray(item) ? item : [item]));
}

function zip(a: readonly Json[], b: readonly Json[]): readonly Json[] {
  return a.slice(0, b.length).map((item, index) => [item, b[index] ?? null]);
}

/** Negative positions count from the end; positions outside are moved to the nearest end. */
function slice(value: Json = null, start: Json = null, end?: Json): Json {
  const from = asInteger(start, 'the start');
  const to = end === undefined ? undefined : asInteger(end, 'the end');
  return withElements('slice', value, (items) => items.slice(from, to));
}

function chunks(array: readonly Json[], size: number): readonly Json[] {
  if (size < 1) throw new ExpressionError('the chunk size must be at least 1');
  const result: Json[] = [];
  for (let at = 0; at < array.length; at += size) result.push(array.slice(at, at + size));
  return result;
}
