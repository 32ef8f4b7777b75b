import { getOwn, isJsonArray, type Json } from './json.js';

/** Walks keys of objects and numeric positions of arrays; undefined = there is nothing at the path. */
export function valueAtPath(root: Json | undefined, segments: readonly string[]): Json | undefined {
  let value = root;
  for (const segment of segments) {
    if (value === undefined) return undefined;
    value = isJsonArray(value) ? (/^\d+$/.test(segment) ? value[Number(segment)] : undefined) : getOwn(value, segment);
  }
  return value;
}

/** One step of a JSON pointer (RFC 6901). */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The keys of a JSON pointer. */
export function pointerSegments(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
