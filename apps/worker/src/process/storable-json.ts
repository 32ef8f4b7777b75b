import { type Json, isJsonArray, isJsonObject } from '@attune/engine';

const MAX_DEPTH = 256;

/**
 * The value as PostgreSQL's jsonb can hold it: U+0000 and halves of surrogate pairs become U+FFFD, numbers beyond double precision
 * become null.
 * @throws RangeError when it is nested too deeply to be stored
 */
export function storableJson(value: Json, depth = 0): Json {
  if (depth > MAX_DEPTH) throw new RangeError(`nested more than ${MAX_DEPTH} levels deep`);
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (isJsonArray(value)) return value.map((item) => storableJson(item, depth + 1));
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(
      ([key, item]) => [storableText(key), storableJson(item, depth + 1)] as const,
    );
    // fromEntries defines properties, so a key named __proto__ is only a key.
    return Object.fromEntries(entries);
  }
  return value;
}

export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
