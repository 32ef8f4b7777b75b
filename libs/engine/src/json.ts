/**
 * A JSON value as the engine sees it. Whole numbers a double cannot hold arrive as `bigint` when they were read with `parseJson`;
 * everything else is what `JSON.parse` gives.
 */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** `Array.isArray` that keeps the read-only element type. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonNumber(value: Json | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Own keys only: a payload must not reach `constructor` or `__proto__`. Null when the key is absent or the value is no object. */
export function getOwn(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Deep equality without coercion between types; numbers compare by value (`3 == 3.0`). */
export function jsonEquals(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  // A bigint and a double can be the same number, which `===` denies.
  if (isJsonNumber(a) && isJsonNumber(b)) return a == b;
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((item, index) => jsonEquals(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && jsonEquals(a[key], b[key]))
  );
}

const UNSAFE_NUMBER = /\d{16}/;

/** The parts of ES2026 JSON the type library does not know yet. */
const NativeJson = JSON as unknown as {
  rawJSON(text: string): Json;
  parse(text: string, reviver: (key: string, value: Json, context: { source?: string }) => Json): Json;
};

/**
 * Reads JSON text without losing large whole numbers: one outside ±2^53 becomes a `bigint`.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseJson(text: string): Json {
  // The reviver costs a call per value; nearly all texts hold no such number.
  if (!UNSAFE_NUMBER.test(text)) return JSON.parse(text) as Json;
  return NativeJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
}

/** Compact JSON text; the counterpart of `parseJson`. */
export function stringifyJson(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch {
    // It refuses a bigint, which hardly any value holds: looking at each one first would cost more than writing it.
    return JSON.stringify(value, (_key, item: Json) =>
      typeof item === 'bigint' ? NativeJson.rawJSON(item.toString()) : item,
    );
  }
}

/** The same value in a form `JSON.stringify` writes exactly: it refuses a `bigint`. For values on their way into a `jsonb` column. */
export function withRawNumbers(value: Json): Json {
  return holdsBigint(value) ? rawNumbers(value) : value;
}

function rawNumbers(value: Json): Json {
  if (typeof value === 'bigint') return NativeJson.rawJSON(value.toString());
  if (isJsonArray(value)) return value.map(rawNumbers);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rawNumbers(item)]));
}

/** The same value with every `bigint` as the nearest double: for code that knows no other numbers and only looks at them. */
export function withDoubles(value: Json): Json {
  return holdsBigint(value) ? doubles(value) : value;
}

function doubles(value: Json): Json {
  if (typeof value === 'bigint') return Number(value);
  if (isJsonArray(value)) return value.map(doubles);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, doubles(item)]));
}

function holdsBigint(value: Json): boolean {
  if (typeof value === 'bigint') return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsBigint);
}

/**
 * Whether the compact JSON text of `value` fits `limit` characters, without building it. Stops as soon as it does not:
 * an expression can name one large value thousands of times.
 */
export function fitsJsonSize(value: Json, limit: number): boolean {
  return measure(value, limit) >= 0;
}

/** What is left of `budget` after writing `value`; negative when it did not fit. Escapes in strings are not counted. */
function measure(value: Json, budget: number): number {
  if (typeof value === 'string') return budget - value.length - 2;
  if (isJsonArray(value)) {
    let left = budget - 2;
    for (const item of value) {
      left = measure(item, left - 1);
      if (left < 0) return left;
    }
    return left;
  }
  if (isJsonObject(value)) {
    let left = budget - 2;
    for (const key of Object.keys(value)) {
      left = measure(value[key] ?? null, left - key.length - 4);
      if (left < 0) return left;
    }
    return left;
  }
  return budget - String(value).length;
}

/** Orders text by code point, as PostgreSQL's `C` collation does; `<` on strings would order by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let index = 0; index < end; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // A surrogate stands for a code point above every other unit.
    const leftHigh = left >= 0xd800 && left <= 0xdfff;
    const rightHigh = right >= 0xd800 && right <= 0xdfff;
    return leftHigh === rightHigh ? left - right : leftHigh ? 1 : -1;
  }
  return a.length - b.length;
}

/**
 * A text that is the same for values `jsonEquals` calls equal and different for all others: sorted keys, numbers by value.
 * For grouping and for keys of caches.
 */
export function canonicalJson(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isJsonObject(value)) {
    const keys = Object.keys(value).sort(compareText);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(',')}}`;
  }
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value).toString();
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value);
}
