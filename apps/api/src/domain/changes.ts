import { isDeepStrictEqual } from 'node:util';
import { type FieldPatch } from '@attune/contract';

/** What a patch makes of a stored value; no patch keeps it. */
export function patched<T>(stored: T | null, patch: FieldPatch<T> | undefined): T | null {
  if (patch === undefined) return stored;
  return patch.op === 'clear' ? null : patch.value;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields of a partial update that were given: what is missing keeps what is stored. */
export function givenFields<T extends object>(changes: T): Given<T> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** An object without some of its keys. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  const dropped: ReadonlySet<PropertyKey> = new Set(keys);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !dropped.has(key))) as Omit<T, K>;
}

/** Names of the fields whose stored values these changes replace by other ones. */
export const changedFields = <T extends object>(stored: T, changes: Partial<T>): string[] =>
  Object.keys(changes).filter((name) => !isDeepStrictEqual(stored[name as keyof T], changes[name as keyof T]));
