import { isJsonArray, type Json } from '../json.js';
import { testPattern } from '../linear-regex.js';
import { codePointLength } from './conversion-functions.js';
import { ExpressionError } from './expression-error.js';
import { type FunctionTable, one, three, two } from './function-table.js';
import { asArray, asString, boundedText, toText } from './values.js';

export const TEXT_FUNCTIONS: FunctionTable = {
  lower: one((s) => asString(s, 'the argument of lower()').toLowerCase()),
  upper: one((s) => asString(s, 'the argument of upper()').toUpperCase()),
  trim: one((s) => asString(s, 'the argument of trim()').trim()),
  split: two((s, separator) => split(asString(s, 'the text'), asString(separator, 'the separator'))),
  join: two((array, separator) =>
    join(asArray(array, 'the first argument of join()'), asString(separator, 'the separator')),
  ),
  replace: three((s, old, by) =>
    replace(asString(s, 'the text'), asString(old, 'the old text'), asString(by, 'the new text')),
  ),
  starts_with: two((s, start) => asString(s, 'the text').startsWith(asString(start, 'the start'))),
  ends_with: two((s, end) => asString(s, 'the text').endsWith(asString(end, 'the end'))),
  match: two((pattern, s) => match(asString(pattern, 'the regular expression'), asString(s, 'the text'))),
};

/** An empty separator splits between all characters. */
function split(text: string, separator: string): string[] {
  return separator === '' ? Array.from(text) : text.split(separator);
}

function join(array: readonly Json[], separator: string): string {
  const parts: string[] = [];
  let length = 0;
  for (const item of array) {
    const part = toText(item);
    length += part.length + separator.length;
    boundedText(length - separator.length);
    parts.push(part);
  }
  return parts.join(separator);
}

function replace(text: string, old: string, by: string): string {
  if (old === '') throw new ExpressionError('replace() needs a text to look for');
  const parts = text.split(old);
  boundedText(text.length + (parts.length - 1) * (by.length - old.length));
  return parts.join(by);
}

function match(pattern: string, text: string): boolean {
  try {
    return testPattern(pattern, text);
  } catch (error) {
    throw new ExpressionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Where `part` begins, in code points; -1 when it is not there. */
export function textPosition(text: string, part: string): number {
  const at = text.indexOf(part);
  return at <= 0 ? at : codePointLength(text.slice(0, at));
}

/** How often `part` occurs without overlap; an empty one occurs around every character. */
export function textOccurrences(text: string, part: string): number {
  return part === '' ? codePointLength(text) + 1 : text.split(part).length - 1;
}

/** Applies `change` to the elements of an array or to the characters of a text, and gives back the same kind. */
export function withElements(name: string, value: Json, change: <T>(items: readonly T[]) => T[]): Json {
  if (typeof value === 'string') return change(Array.from(value)).join('');
  if (isJsonArray(value)) return change(value);
  throw new ExpressionError(`${name}() needs an array or a string`);
}
